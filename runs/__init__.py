"""Running it: command line, outputs and pictures."""

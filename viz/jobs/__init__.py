"""Work in the background: ensembles and reports."""

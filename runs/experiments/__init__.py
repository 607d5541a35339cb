"""Experiments: read from a file, planned, and run as a sweep."""

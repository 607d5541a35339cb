"""Agents whose data are columns: a million of them are made in milliseconds."""

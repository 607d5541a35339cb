"""Runs as they are recorded, and the tables that pages read from them."""

"""Worlds as values, and stored results as the app reads them."""

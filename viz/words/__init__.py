"""Words of the app."""

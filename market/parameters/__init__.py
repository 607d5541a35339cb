"""Parameters: one declaration each, with type, unit, bounds, default, meaning and source."""

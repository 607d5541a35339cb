"""Public deals of a scenario: listed, added up, followed through a run, and checked."""

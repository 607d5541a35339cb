"""Settings shared by all tests."""

from hypothesis import settings

# The same examples on every run and machine: a failure seen by one is seen by all.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")

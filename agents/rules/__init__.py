"""Decisions as pure functions: numbers in, numbers out, each with its source.

No rule reads the clock, the model or a random number: what a rule needs is an argument. Rates are
per quarter; money is in whatever currency the caller uses, unless the docstring names one.
"""

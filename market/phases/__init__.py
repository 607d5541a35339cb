"""The phases of a quarter: one function per line of ``MarketModel.phases``."""

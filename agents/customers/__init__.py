"""The enterprise customers: the population, one customer, and how both choose."""

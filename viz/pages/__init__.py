"""Pages: one component per tab, each takes the state of its session."""

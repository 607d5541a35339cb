"""Sweeps: many runs in processes, stored so that nothing computed is ever lost."""

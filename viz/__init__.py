"""Seeing the economy: pages, controls and charts over saved or live results."""

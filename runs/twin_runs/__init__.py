"""Paired twins: the same world twice, one of them changed."""

"""What a sweep says: sensitivity, discovery and comparison."""

"""Answers to the claims, one file for each subject."""

"""The books: double-entry accounts, their identities, contracts and settlement."""

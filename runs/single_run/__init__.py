"""One run: simulate it, measure it, tell it, picture it, and write it down."""

"""What one visitor does: his world, what he looks at, and the link that restores it."""

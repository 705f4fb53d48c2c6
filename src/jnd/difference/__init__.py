"""What changed between two pictures."""

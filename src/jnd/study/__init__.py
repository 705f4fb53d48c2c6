"""placeholder, st1 owns this file."""

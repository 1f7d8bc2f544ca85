"""Pure values: what a film is. Nothing here reads a file, a clock or a random number."""

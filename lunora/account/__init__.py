"""What a stack needs of an account before its first run: made once, and kept as it should be."""

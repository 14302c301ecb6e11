"""Rules beyond a single key, one function per rule."""

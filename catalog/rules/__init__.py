"""Rules beyond a single key, each a function named for it."""

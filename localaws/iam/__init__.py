"""Who calls the embedded AWS, and whether the caller's policies allow it."""

"""The terminal pictures of the documentation, and what draws them: `make pictures`."""

"""Pictures of the documentation, drawn by `make pictures`."""

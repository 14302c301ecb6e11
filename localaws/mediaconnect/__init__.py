"""MediaConnect: flows, their outputs and tags."""

"""Pictures of channels and flows: their thumbnails, and what these show."""

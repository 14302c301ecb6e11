"""The embedded AWS under clients that were not written here."""

"""The verbs of `lunora`, by what a person is about: files, running, care, money, review."""

"""Render results as tables for people, Markdown for reviews and documents for programs."""

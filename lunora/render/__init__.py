"""Render results for people: tables and short texts."""

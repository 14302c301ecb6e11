"""Timings: what is promised in seconds, measured on the embedded AWS."""

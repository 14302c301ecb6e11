"""Figures: what is promised, measured on the embedded AWS."""

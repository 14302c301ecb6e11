"""Figures: what is promised, measured on the emulator."""

"""Adopt the streams of a former system: discover them and write destination files for them."""

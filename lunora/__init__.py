"""The command `lunora`: thin commands over small functions, for people and CI."""

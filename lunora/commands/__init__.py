"""Commands of `lunora`, a module for each."""

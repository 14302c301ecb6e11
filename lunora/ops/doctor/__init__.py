"""Checks of `lunora doctor`: the machine, the account, the flows and the destinations."""

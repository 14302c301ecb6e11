"""Inventory of the resources of a stack in AWS: search, price and removal of each kind."""

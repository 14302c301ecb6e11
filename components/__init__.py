"""Pulumi resources: one component per destination, and what all destinations share."""

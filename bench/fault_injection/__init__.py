"""Faults, crashes, isolation and concurrency: stacks that something happens to."""

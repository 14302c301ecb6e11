"""Watchdog: what brings back streams between deployments, and reports incidents."""

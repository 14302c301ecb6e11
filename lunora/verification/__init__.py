"""Comparison of what the product assumes of AWS with a real account, without a change."""

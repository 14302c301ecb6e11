"""Destinations: model and loader of their files, platforms, presets, encoder settings, cost.

Pure Python and data: no Pulumi, no AWS.
"""

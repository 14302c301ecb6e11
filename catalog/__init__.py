"""What a destination is: the file's model and loader, platforms, presets, encoder settings.

Pure Python and data: no Pulumi, no AWS.
"""

"""Operating destinations: functions over boto3 clients that return frozen types.

They find resources by their tags, so they work without Pulumi and without its state.
"""

"""Lambda: functions run in processes of their own, by AWS's Runtime API."""

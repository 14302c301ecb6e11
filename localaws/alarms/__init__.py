"""CloudWatch alarms: their evaluation and their messages."""

"""What the fault, crash, isolation and two-at-once measurements share."""

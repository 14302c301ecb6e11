"""The report: hours, availability, interruptions and cost, from evidence that others read.

Pure: nothing here reads AWS or the clock.
"""

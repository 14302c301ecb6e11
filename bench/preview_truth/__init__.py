"""The effects that a preview announces, beside the effects of the run.

`edits` draws changes of files, settings and AWS, `effects` reads plans and calls, and `rounds`
compares the two after every run.
"""

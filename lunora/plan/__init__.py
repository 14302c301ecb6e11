"""A preview as reviewers need it: what will be created, interrupted and removed, and its cost.

Pure: from the text of `pulumi preview --json` and the destination files to Markdown.
"""

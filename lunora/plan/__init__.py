"""Review of a preview: created, interrupted and removed destinations, and the cost.

Pure: from the text of `pulumi preview --json` and the destination files to a review.
"""

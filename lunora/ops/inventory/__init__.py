"""Everything in AWS that belongs to a stack: how each kind is found, priced and removed."""

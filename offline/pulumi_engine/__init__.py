"""Gets a Pulumi engine: an installed one, else the official installer's, else one built here."""

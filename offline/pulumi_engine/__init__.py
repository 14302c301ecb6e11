"""Set-up of the Pulumi engine: the official one, else one built here for offline machines."""

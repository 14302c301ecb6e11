"""A stand-in for the plugin `pulumi-resource-aws`, where the official one cannot be had.

It serves exactly the types the program uses, with the documented behaviour of the real
provider, and talks to an AWS on loopback only.
"""

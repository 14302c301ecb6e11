"""The real AWS provider of Terraform as the plugin `pulumi-resource-aws`, for tests.

Pulumi's Terraform bridge runs the provider's binary; a plugin before it renames what the bridge
calls otherwise than pulumi-aws does.
"""

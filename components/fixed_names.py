"""Delete a resource before its replacement is created, where both have the same name in AWS."""

from __future__ import annotations

from typing import Final

import pulumi

NAMED_BY_AWS: Final = frozenset(
    {
        # A group has no name but its id, and an input that is in it keeps it from being deleted.
        "livestream:index:InputSecurityGroup",
        # Secrets Manager gives each version a UUID, and has no secret without a current version.
        "aws:secretsmanager/secretVersion:SecretVersion",
    }
)
"""The types of which an old and a new resource exist side by side in AWS."""


def delete_before_replace(
    args: pulumi.ResourceTransformationArgs,
) -> pulumi.ResourceTransformationResult | None:
    """Mark a resource to be deleted before it is replaced; a transformation of the whole stack.

    Every name in AWS is made from the stack and the destination, so a replacement takes the name of
    the resource that it replaces. The engine creates the replacement first unless told otherwise;
    most services then answer with the resource that is there, and the deletion that follows
    removes it: a replaced SSM parameter lost its stream key, with exit code 0.
    """
    custom = isinstance(args.resource, pulumi.CustomResource)
    is_provider = isinstance(args.resource, pulumi.ProviderResource)
    if not custom or is_provider or args.type_ in NAMED_BY_AWS:
        return None
    options = pulumi.ResourceOptions(delete_before_replace=True)
    return pulumi.ResourceTransformationResult(
        args.props, pulumi.ResourceOptions.merge(args.opts, options)
    )

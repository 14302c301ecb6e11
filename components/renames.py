"""Aliases of a renamed destination and its resources."""

from __future__ import annotations

import pulumi

from catalog.model import DestinationSpec


def alias_options(spec: DestinationSpec) -> pulumi.ResourceOptions:
    """Return the former names of *spec*, for its component and for each resource in it.

    The engine gives a component's aliases to its children only in the run that finds the component
    under one of them. Where that run fails half-way, the next one finds the component under its
    new name and would create anew what the first had not come to, so each child has its own.
    """

    def with_aliases(
        args: pulumi.ResourceTransformationArgs,
    ) -> pulumi.ResourceTransformationResult | None:
        if not args.name.startswith((f"{spec.name}-", f"{spec.name}_")):
            return None
        suffix = args.name.removeprefix(spec.name)
        more = pulumi.ResourceOptions(
            aliases=[pulumi.Alias(name=f"{previous}{suffix}") for previous in spec.previous_names]
        )
        return pulumi.ResourceTransformationResult(
            args.props, pulumi.ResourceOptions.merge(args.opts, more)
        )

    return pulumi.ResourceOptions(
        aliases=[pulumi.Alias(name=previous) for previous in spec.previous_names],
        transformations=[with_aliases] if spec.previous_names else [],
    )

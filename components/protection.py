"""Protection of destinations against deletion."""

from __future__ import annotations

import pulumi


def of_component_alone(token: str, opts: pulumi.ResourceOptions | None) -> pulumi.ResourceOptions:
    """Return *opts* of the component of type *token*, so that its parts stay unprotected.

    The engine passes `protect` on to the parts, and refuses an edit that replaces or deletes a
    protected part only when it has made half of the edit's changes: another schedule, for example,
    or the repair of a channel that is gone. The component itself stays protected, so the preview of
    a `pulumi destroy` fails. The destination set refuses the removal of a protected file.
    """

    def unprotected(
        args: pulumi.ResourceTransformationArgs,
    ) -> pulumi.ResourceTransformationResult | None:
        if args.type_ == token:
            return None
        options = pulumi.ResourceOptions(protect=False)
        return pulumi.ResourceTransformationResult(
            args.props, pulumi.ResourceOptions.merge(args.opts, options)
        )

    return pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(transformations=[unprotected]))

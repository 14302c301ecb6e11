"""Our own Pulumi provider plugin `livestream`: what pulumi-aws has not, or has only in part."""

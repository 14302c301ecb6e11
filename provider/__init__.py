"""The Pulumi provider plugin `livestream`: resources that pulumi-aws lacks, or has in part."""

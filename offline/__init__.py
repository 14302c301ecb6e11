"""The toolchain for machines that cannot download Pulumi; production never imports it."""

"""Location of Terraform's AWS provider on this machine."""

from __future__ import annotations

from pathlib import Path

# Where Terraform itself looks for mirrors, and where machines without a registry keep theirs.
_MIRRORS = ("~/.terraform.d/plugins", "/usr/local/share/terraform/plugins", "/opt/*")
_PROVIDER = "registry.terraform.io/hashicorp/aws/*/*/terraform-provider-aws*"


def provider() -> Path | None:
    """Return the newest AWS provider in a mirror; None where there is none."""
    for base in _MIRRORS:
        pattern = f"{Path(base).expanduser().relative_to('/')}/{_PROVIDER}"
        for path in sorted(Path("/").glob(pattern), reverse=True):
            return path
    return None


def missing() -> str | None:
    """Return why there is no provider on this machine; None when there is one."""
    return None if provider() else "no local mirror holds the AWS provider of Terraform"

"""User and password of an RTMP ingest, and the scheme in which a channel presents them.

MediaLive reads the password from an SSM parameter, under the channel's role (API reference,
OutputDestinationSettings, PasswordParam; user guide, trusted entity role requirements). Without
the key, settings are those of an ingest that asks for none.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from catalog import stream_key
from catalog.diagnostics import invalid_value
from catalog.strict_model import StrictModel

_CONFLICT = "LUN119"

PARAMETER_PATTERN = r"^/[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$"
"""SSM's, of its PutParameter reference; the name has to be a path here."""

USERNAME_PATTERN = r"^[^\s:@/]{1,100}$"

_SCHEMES = {"common": "COMMON", "akamai": "AKAMAI"}


class RtmpPassword(StrictModel):
    """Source of the password: a secret of the stack, or an existing SSM parameter."""

    config: str | None = Field(
        None,
        pattern=stream_key.NAME_PATTERN,
        description="name of a secret under rtmpPasswords of the stack",
    )
    ssm: str | None = Field(
        None,
        pattern=PARAMETER_PATTERN,
        description="name of an existing SSM parameter, which the channel's role may read",
    )

    @model_validator(mode="after")
    def _one_of_both(self) -> RtmpPassword:
        if (self.config is None) == (self.ssm is None):
            raise invalid_value(_CONFLICT, "give config or ssm, and only one of them")
        return self


class RtmpAuthentication(StrictModel):
    """Credentials that an RTMP ingest asks for besides the stream key."""

    scheme: Literal["common", "akamai"] = Field(
        "common", description="how a channel presents them; `akamai` for Akamai's ingests"
    )
    username: str | None = Field(
        None, pattern=USERNAME_PATTERN, description="user name; only together with password"
    )
    password: RtmpPassword | None = Field(None, description="where the password comes from")

    @model_validator(mode="after")
    def _both_or_none(self) -> RtmpAuthentication:
        if (self.username is None) != (self.password is None):
            raise invalid_value(_CONFLICT, "give username and password together")
        return self

    @property
    def member(self) -> str:
        """The AuthenticationScheme of an RTMP output group."""
        return _SCHEMES[self.scheme]

    def destination_settings(self, parameter: str) -> dict[str, Any]:
        """Return the members of a channel's destination besides URL and stream name.

        Args:
            parameter: the name of the SSM parameter with the password.
        """
        if self.username is None:
            return {}
        return {"Username": self.username, "PasswordParam": parameter}

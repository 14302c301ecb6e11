"""Error codes of AWS for refused credentials and denied access.

The protocols of AWS's services name one cause differently.
"""

from __future__ import annotations

from typing import Final

ACCESS_DENIED: Final = frozenset(
    {"AccessDenied", "AccessDeniedException", "ForbiddenException", "UnauthorizedOperation"}
)
"""The credentials are valid, and a policy does not allow the call."""

INVALID_CREDENTIALS: Final = frozenset(
    {
        "AuthFailure",
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "MissingAuthenticationToken",
        "MissingAuthenticationTokenException",
        "RequestExpired",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
"""The credentials are missing, expired, badly signed or unknown to AWS."""

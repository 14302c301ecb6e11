"""Objects in the emulator's S3, and its secrets and parameters, for the media plane."""

from __future__ import annotations

import contextlib
from urllib.parse import urlsplit

from moto.backends import get_backend
from moto.core.exceptions import JsonRESTError, ServiceException

from localaws.medialive.service import ACCOUNT


def put(url: str, content: bytes) -> str:
    """Write an object; returns why it cannot, empty where it can."""
    place = urlsplit(url)
    try:
        get_backend("s3")[ACCOUNT]["aws"].put_object(place.netloc, place.path.lstrip("/"), content)
    except ServiceException:
        return f"S3 does not take its files: there is no bucket {place.netloc}"
    return ""


def delete(url: str) -> None:
    """Delete an object; one that is not there is deleted."""
    place = urlsplit(url)
    with contextlib.suppress(ServiceException):
        get_backend("s3")[ACCOUNT]["aws"].delete_object(place.netloc, place.path.lstrip("/"))


def secret(arn: str) -> str | None:
    """Return the text of the secret, or of the parameter, with this *arn*; None without it."""
    _, _, service, region, _, place, *_ = [*arn.split(":"), *[""] * 6]
    if service == "ssm":
        parameter = get_backend("ssm")[ACCOUNT][region].get_parameter(
            place.removeprefix("parameter")
        )
        return str(parameter.response_object(decrypt=True)["Value"]) if parameter else None
    try:
        value = get_backend("secretsmanager")[ACCOUNT][region].get_secret_value(arn, "", "")
    except (JsonRESTError, ServiceException, LookupError):
        return None
    text = value.get("SecretString")
    return None if text is None else str(text)

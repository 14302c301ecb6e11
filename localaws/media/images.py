"""Images of the emulator's S3, as files that ffmpeg reads."""

from __future__ import annotations

import hashlib
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from moto.backends import get_backend
from moto.core.exceptions import ServiceException

from localaws.medialive.service import ACCOUNT

# User guide: the protocols of S3 in a URI of MediaLive.
_S3 = frozenset({"s3", "s3ssl"})


class Images:
    """Files of the images that channels overlay or show without an input.

    What the role of a channel has to be allowed for them is unverified, so nothing is checked.

    Args:
        folder: for the files.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def file(self, uri: str) -> Path | None:
        """Return the file of an image; None for what is not in the emulator's S3.

        Nothing is fetched from elsewhere: nothing leaves the machine.
        """
        place = urlsplit(uri)
        if place.scheme not in _S3:
            return None
        try:
            stored = get_backend("s3")[ACCOUNT]["aws"].get_object(
                place.netloc, place.path.lstrip("/")
            )
        except ServiceException:
            return None
        if stored is None:
            return None
        content = stored.value
        # Only what may stand in a graph of ffmpeg, which looks at the content anyway.
        suffix = PurePosixPath(place.path).suffix
        suffix = suffix if suffix[1:].isalnum() else ""
        path = self._folder / f"{hashlib.sha256(content).hexdigest()}{suffix}"
        if not path.exists():
            path.write_bytes(content)
        return path

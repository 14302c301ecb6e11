"""Recording: the key of a destination file, and the second output group of its channel."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field

from catalog.diagnostics import invalid_value
from catalog.ingest import BUCKET_PATTERN
from catalog.strict_model import StrictModel

OUTPUT_GROUP: Final = "recording"
"""The name of the output group, a dimension of its metrics, and the id of its destination."""

# Of the characters that the S3 user guide calls safe for keys, those that mean nothing in a URL or
# in a pattern of IAM. `$` begins an identifier of MediaLive.
_FOLDER = r"[A-Za-z0-9_-][A-Za-z0-9._-]*"
_PLACE = re.compile(rf"{BUCKET_PATTERN}(/{_FOLDER})*/?")
_PLACE_LIMIT = 512


def _place(value: str) -> str:
    if len(value) > _PLACE_LIMIT or not _PLACE.fullmatch(value):
        raise invalid_value(
            "LUN149",
            "must be a bucket and folders, as in my-bucket/recordings; the bucket's name has no"
            " dots, and the folders letters, digits and . _ -",
        )
    return value.rstrip("/")


class Recording(StrictModel):
    """The place and the files of a recording."""

    s3: Annotated[str, AfterValidator(_place)] = Field(
        description="bucket and folder of S3, as in my-bucket/recordings"
    )
    segment_minutes: int = Field(
        10, ge=1, le=240, description="length of a file; it can be read once it is complete"
    )

    @property
    def object_pattern(self) -> str:
        """The objects that it writes, as the resource of a policy has them after `arn:aws:s3:::`.

        The bucket alone is a folder of its own as well.
        """
        return f"{self.s3}/*"

    def url(self, name: str, pipeline: int) -> str:
        """Return the URL of the files of a *pipeline*, without counter and extension.

        Two pipelines need different URLs (MediaLive user guide, archive or frame capture output
        group).
        """
        return f"s3ssl://{self.s3}/{name}-{pipeline}"


def group(recording: Recording, encodes: dict[str, Any]) -> dict[str, Any]:
    """Return the output group of *recording*, which has the *encodes* of the first group."""
    output = {
        # The counter begins anew with every start of the channel, and `$dt$` is the time of it
        # (MediaLive user guide, archive examples): no start overwrites the files of another one.
        "NameModifier": "_$dt$",
        "ContainerSettings": {"M2tsSettings": {}},
    }
    return {
        "Name": OUTPUT_GROUP,
        "OutputGroupSettings": {
            "ArchiveGroupSettings": {
                "Destination": {"DestinationRefId": OUTPUT_GROUP},
                "RolloverInterval": recording.segment_minutes * 60,
            }
        },
        "Outputs": [
            {
                "OutputName": OUTPUT_GROUP,
                **encodes,
                "OutputSettings": {"ArchiveOutputSettings": output},
            }
        ],
    }

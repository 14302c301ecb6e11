"""Rules on `picture.fit: smart`, by which AWS Elemental Inference chooses what is cropped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from catalog.errors import LunoraError
from catalog.model import DestinationSpec
from catalog.rules.finding import Finding

_FEED, _CHARGES, _SHAPE = "LUN165", "LUN166", "LUN167"
_SHARED, _ELSEWHERE = "LUN168", "LUN169"


def check_smart_crop(spec: DestinationSpec) -> Iterator[Finding]:
    """Require a feed for a smart crop, and nothing that crops or places the picture besides.

    MediaLive user guide, setting up Elemental Inference features: ScalingBehavior SMART_CROP and
    the feed's ARN. No document combines it with a rectangle.
    """
    picture = spec.picture
    if picture.fit != "smart":
        if picture.feed is not None:
            message = f"has no effect with fit: {picture.fit}; use fit: smart"
            yield Finding(_FEED, "picture.feed", message)
        return
    if picture.feed is None:
        message = "smart needs a feed of AWS Elemental Inference; give its ARN in feed"
        yield Finding(_FEED, "picture.fit", message)
    for key in ("position", "border_pixels"):
        if getattr(picture, key):
            yield Finding(_FEED, f"picture.{key}", "cannot be used with fit: smart; remove it")


def warn_about_smart_crop(spec: DestinationSpec) -> Iterator[Finding]:
    """Note the charges that no cost has, and warn where there is nothing to crop.

    MediaLive user guide, smart-crop-get-ready: a charge for each pipeline while the channel runs.
    """
    picture = spec.picture
    if picture.fit != "smart":
        return
    pipelines = "each of two pipelines" if spec.redundancy == "standard" else "its pipeline"
    message = f"AWS Elemental Inference charges for {pipelines} while it runs, which no cost counts"
    yield Finding(_CHARGES, "picture.fit", message)
    if picture.has_shape_of_source(spec.effective_encoding):
        where = "" if picture.source else " where the source is 16:9"
        message = f"the picture has the shape of its source{where}, so nothing is cropped"
        yield Finding(_SHAPE, "picture.fit", message)


def check_one_channel_per_feed(
    specs: Sequence[DestinationSpec],
) -> Iterator[tuple[DestinationSpec, Finding]]:
    """Refuse a second channel of a feed.

    botocore, AssociateFeed of elementalinference: "You can associate only one resource with each
    feed".
    """
    first: dict[str, DestinationSpec] = {}
    for spec in specs:
        feed = spec.picture.feed
        if feed is None:
            continue
        owner = first.setdefault(feed, spec)
        if owner is not spec:
            message = f"{owner.name} has the same feed, which takes one channel; give another"
            yield spec, Finding(_SHARED, "picture.feed", message)


def feed_is_here(spec: DestinationSpec, region: str, account: str | None) -> LunoraError | None:
    """Return the error of a feed outside of the channel's region or account; None within both.

    Args:
        spec: the destination.
        region: of its flow, and so of its channel.
        account: likewise; None where it is not known.
    """
    if spec.picture.feed is None:
        return None
    owner = spec.picture.feed.split(":")[3:5]
    if owner[0] == region and account in {None, owner[1]}:
        return None
    return LunoraError(
        _ELSEWHERE,
        f"the feed of {spec.name} is in {owner[0]} of account {owner[1]}, and its channel in"
        f" {region} of account {account}",
        remedy="name a feed of the channel's region and account in picture.feed",
    )

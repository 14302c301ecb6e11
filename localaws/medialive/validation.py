"""Refusals of a channel's settings (422) that the emulator makes without a record from AWS.

Unverified: they follow from MediaLive's documents by inference. The rules with a source are in
`provider.channel_rules`. Paths are spelled as there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provider.channel_rules import SettingsProblem


def unverified(channel: Mapping[str, Any]) -> Iterator[SettingsProblem]:
    """Yield (path, message) of what AWS is expected to refuse."""
    settings = channel.get("EncoderSettings")
    if settings is None:
        yield "encoderSettings", "encoder settings are required"
        return
    if not settings.get("OutputGroups"):
        yield "outputGroups", "at least one output group is required"
    yield from _rtmp_destinations(channel)
    yield from _attachments(channel)
    yield from _audio_selectors(channel)
    yield from _references(settings)
    yield from _unreferenced(settings)
    yield from _duplicates(channel)
    yield from _kinds(settings)


def _rtmp_destinations(channel: Mapping[str, Any]) -> Iterator[SettingsProblem]:
    for index, destination in enumerate(channel.get("Destinations") or []):
        for number, settings in enumerate(destination.get("Settings") or []):
            path = f"destinations[{index}].settings[{number}]"
            url = settings.get("Url")
            if not url:
                yield f"{path}.url", "a URL is required"
            elif url.startswith("rtmp") and not settings.get("StreamName"):
                yield f"{path}.streamName", "a stream name is required for RTMP"


def _attachments(channel: Mapping[str, Any]) -> Iterator[SettingsProblem]:
    attachments = channel.get("InputAttachments") or []
    attached = {attachment.get("InputId") for attachment in attachments}
    for index, attachment in enumerate(attachments):
        settings = attachment.get("AutomaticInputFailoverSettings") or {}
        second = settings.get("SecondaryInputId")
        if settings and (second not in attached or second == attachment.get("InputId")):
            path = f"inputAttachments[{index}].automaticInputFailoverSettings.secondaryInputId"
            yield path, "the secondary input has to be another one that is attached"


def _audio_selectors(channel: Mapping[str, Any]) -> Iterator[SettingsProblem]:
    selectors = {
        selector["Name"]
        for attachment in channel.get("InputAttachments") or []
        for selector in (attachment.get("InputSettings") or {}).get("AudioSelectors") or []
    }
    for index, audio in enumerate(channel["EncoderSettings"].get("AudioDescriptions") or []):
        name = audio.get("AudioSelectorName")
        if selectors and name not in selectors:
            path = f"audioDescriptions[{index}].audioSelectorName"
            yield path, f"no input attachment has an audio selector {name}"


def _references(settings: Mapping[str, Any]) -> Iterator[SettingsProblem]:
    names = {
        kind: {description["Name"] for description in settings.get(f"{kind}Descriptions") or []}
        for kind in ("Video", "Audio", "Caption")
    }
    for index, group in enumerate(settings.get("OutputGroups") or []):
        for number, output in enumerate(group.get("Outputs") or []):
            path = f"outputGroups[{index}].outputs[{number}]"
            video = output.get("VideoDescriptionName")
            if video is not None and video not in names["Video"]:
                yield f"{path}.videoDescriptionName", f"there is no video description {video}"
            for kind in ("Audio", "Caption"):
                used = set(output.get(f"{kind}DescriptionNames") or [])
                for name in sorted(used - names[kind]):
                    yield (
                        f"{path}.{kind.lower()}DescriptionNames",
                        f"there is no {kind.lower()} description {name}",
                    )


def _unreferenced(settings: Mapping[str, Any]) -> Iterator[SettingsProblem]:
    """Yield the video and caption descriptions that no output uses, as AWS refuses audio."""
    outputs = [
        output for group in settings.get("OutputGroups") or [] for output in group["Outputs"]
    ]
    used = {
        "Video": {output.get("VideoDescriptionName") for output in outputs},
        "Caption": {
            name for output in outputs for name in output.get("CaptionDescriptionNames") or []
        },
    }
    for kind, names in used.items():
        for index, description in enumerate(settings.get(f"{kind}Descriptions") or []):
            if description["Name"] not in names:
                yield (
                    f"{kind.lower()}Descriptions[{index}]",
                    f'{kind} description "{description["Name"]}" is not referenced by any output',
                )


def _duplicates(channel: Mapping[str, Any]) -> Iterator[SettingsProblem]:
    """Yield what has the name of another of its kind."""
    settings = channel["EncoderSettings"]
    named = (
        ("destinations", "id", [item.get("Id") for item in channel.get("Destinations") or []]),
        *(
            (f"{kind}Descriptions", "name", [item["Name"] for item in settings.get(member) or []])
            for kind, member in (
                ("video", "VideoDescriptions"),
                ("audio", "AudioDescriptions"),
                ("caption", "CaptionDescriptions"),
            )
        ),
    )
    for path, member, names in named:
        for index, name in enumerate(names):
            if name in names[:index]:
                yield f"{path}[{index}].{member}", f"another one is named {name}"


def _kinds(settings: Mapping[str, Any]) -> Iterator[SettingsProblem]:
    """Yield the outputs whose settings are of another kind than those of their group."""
    for index, group in enumerate(settings.get("OutputGroups") or []):
        kinds = {
            name.removesuffix("GroupSettings") for name in group.get("OutputGroupSettings") or {}
        }
        for number, output in enumerate(group["Outputs"]):
            for name in output.get("OutputSettings") or {}:
                if name.removesuffix("OutputSettings") not in kinds:
                    yield (
                        f"outputGroups[{index}].outputs[{number}].outputSettings",
                        f"an output of the group {', '.join(sorted(kinds))} cannot have {name}",
                    )

"""Map a channel's audio and input loss to keys of a destination file: `audio`, `on_input_loss`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from catalog.audio import Audio
from catalog.input_loss import InputLoss
from lunora.adopt.encoding import FileKeys

_CHANNELS = {"CODING_MODE_1_0": "mono", "CODING_MODE_2_0": "stereo"}
_S3 = ("s3ssl://", "s3://")
_BLACK = "000000"


def audio(channel: Mapping[str, Any], description: Mapping[str, Any]) -> FileKeys:
    """Return which audio an audio *description* takes, and in which form."""
    keys: dict[str, Any] = {}
    remarks: list[str] = []
    settings = _selector(channel, description.get("AudioSelectorName"))
    if settings and (selection := _selection(settings)) is None:
        remarks.append(f"audio selector with {', '.join(settings)}")
    elif settings:
        keys |= selection or {}
    mode = description["CodecSettings"]["AacSettings"].get("CodingMode", "CODING_MODE_2_0")
    if mode not in _CHANNELS:
        remarks.append(f"CodingMode {mode}")
    elif _CHANNELS[mode] != Audio().channels:
        keys["channels"] = _CHANNELS[mode]
    if normalization := description.get("AudioNormalizationSettings"):
        loudness = _loudness(normalization)
        if loudness is None:
            remarks.append("AudioNormalizationSettings")
        else:
            keys["loudness"] = loudness
    remarks += ["RemixSettings"] if description.get("RemixSettings") else []
    return _checked("audio", Audio, keys, remarks)


def on_input_loss(encoder: Mapping[str, Any], group: Mapping[str, Any]) -> FileKeys:
    """Return what a channel sends without a source, as EncoderSettings and its group say."""
    configuration = encoder.get("GlobalConfiguration") or {}
    behavior = configuration.get("InputLossBehavior") or {}
    keys: dict[str, Any] = {}
    remarks: list[str] = []
    members = {"repeat_seconds": "RepeatFrameMsec", "black_seconds": "BlackFrameMsec"}
    for key, member in members.items():
        seconds = behavior.get(member, 1000) / 1000
        if seconds != getattr(InputLoss(), key):
            keys[key] = seconds
    color = behavior.get("InputLossImageColor") or _BLACK
    if behavior.get("InputLossImageType") == "SLATE":
        location = behavior.get("InputLossImageSlate") or {}
        uri = str(location.get("Uri"))
        prefix = next((prefix for prefix in _S3 if uri.startswith(prefix)), None)
        if prefix is None or location.get("Username"):
            remarks.append("slate that is not in S3")
        else:
            keys |= {"then": "slate", "slate": f"s3://{uri.removeprefix(prefix)}"}
    elif color != _BLACK:
        keys |= {"then": "color", "color": f"#{color}"}
    if group.get("InputLossAction") == "PAUSE_OUTPUT":
        # What follows the last frame is not sent.
        keys = {key: value for key, value in keys.items() if key == "repeat_seconds"}
        keys["drop"] = True
    return _checked("on_input_loss", InputLoss, keys, remarks)


def _checked(
    key: str, model: type[Audio | InputLoss], keys: Mapping[str, Any], remarks: list[str]
) -> FileKeys:
    try:
        model.model_validate(keys)
    except ValidationError:
        return FileKeys({}, (*remarks, f"settings that {key} does not take"))
    return FileKeys({key: keys} if keys else {}, (*remarks,))


def _selector(channel: Mapping[str, Any], name: object) -> Mapping[str, Any]:
    """Return the settings of the audio selector *name*; none where there are none."""
    for attachment in channel.get("InputAttachments") or []:
        for selector in (attachment.get("InputSettings") or {}).get("AudioSelectors") or []:
            if selector.get("Name") == name:
                settings: Mapping[str, Any] = selector.get("SelectorSettings") or {}
                return settings
    return {}


def _selection(settings: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the key for the settings of a selector; None where no file can declare them."""
    match settings:
        case {"AudioTrackSelection": {"Tracks": [{"Track": int(track), **more}], **others}}:
            return {"track": track} if not more and not others else None
        case {"AudioPidSelection": {"Pid": int(pid), **others}}:
            return {"pid": pid} if not others else None
        case {"AudioLanguageSelection": {"LanguageCode": str(code), **others}}:
            is_ours = others.get("LanguageSelectionPolicy", "LOOSE") == "LOOSE"
            return {"language": code} if is_ours else None
    return None


def _loudness(settings: Mapping[str, Any]) -> dict[str, Any] | None:
    if settings.get("AlgorithmControl") != "CORRECT_AUDIO" or "TargetLkfs" not in settings:
        return None
    algorithm = str(settings.get("Algorithm", "")).removeprefix("ITU_").replace("_", "-")
    peak = settings.get("PeakLimiterThreshold")
    has_peak = settings.get("PeakCalculation") == "TRUE_PEAK" and peak is not None
    return {
        "target_lkfs": settings["TargetLkfs"],
        **({"algorithm": algorithm} if algorithm != "1770-2" else {}),
        **({"peak_dbtp": peak} if has_peak else {}),
    }

"""Multiplexes and their programs: several channels in one transport stream.

User guide: setting-up-multiplex, multiplex-create-delete-edit-summary and
multiplex-start-stop-pause-summary.
"""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from localaws.errors import bad_request, conflict, not_found, unprocessable
from localaws.medialive.service import ACCOUNT, Region, page
from localaws.resource import Resource
from provider.channel_rules import SettingsProblem

_ZONES = 2
_MOST_PROGRAMS = 20  # User guide, setting-up-multiplex: "up to 20 programs per multiplex".
_PIPELINES = 2
_PIDS_PER_PROGRAM = 0x20
_FIRST_PID = 0x20
# botocore, UpdateMultiplex: a program's packet identifiers can be mapped.
_SETTINGS = ("MultiplexSettings", "Name")
_SUMMARY = (
    "Arn",
    "AvailabilityZones",
    "Id",
    "Name",
    "PipelinesRunningCount",
    "ProgramCount",
    "State",
    "Tags",
)


class Multiplexes:
    """The operations on multiplexes and programs."""

    region: Region

    def create_multiplex(self, members: dict[str, Any]) -> dict[str, Any]:
        """Make a multiplex."""
        region = self.region
        if (made := region.repeated("CreateMultiplex", members, region.multiplexes)) is not None:
            return {"Multiplex": made.describe(region.clock)}
        if len(self._living_multiplexes()) >= region.quotas["multiplexes"]:
            raise bad_request("the quota of multiplexes is reached")
        zones = members["AvailabilityZones"]
        if len(zones) != _ZONES:
            # botocore, CreateMultiplexRequest.AvailabilityZones: "You must specify exactly two."
            raise bad_request("a multiplex needs exactly two availability zones")
        multiplex_id = region.new_id()
        multiplex = Resource(
            {
                "Arn": region.arn("multiplex", multiplex_id),
                "AvailabilityZones": zones,
                "Destinations": list(_destinations(region.name, multiplex_id, members["Name"])),
                "Id": multiplex_id,
                "MultiplexSettings": members["MultiplexSettings"],
                "Name": members["Name"],
                "PipelinesRunningCount": 0,
                "ProgramCount": 0,
                "Tags": dict(members.get("Tags", {})),
            }
        )
        region.multiplexes[multiplex_id] = multiplex
        region.programs[multiplex_id] = {}
        multiplex.begin(region.clock, "multiplex.create", "CREATING", "IDLE")
        region.remember("CreateMultiplex", members, multiplex_id)
        return {"Multiplex": multiplex.describe(region.clock)}

    def describe_multiplex(self, members: dict[str, Any]) -> dict[str, Any]:
        """Show a multiplex; a deleted one shows as DELETED, which waiters wait for."""
        return self.region.shown(self._any_multiplex(members))

    def list_multiplexes(self, members: dict[str, Any]) -> dict[str, Any]:
        """List the multiplexes."""
        listed = [
            {
                **{key: multiplex[key] for key in _SUMMARY},
                "MultiplexSettings": {
                    "TransportStreamBitrate": multiplex["MultiplexSettings"][
                        "TransportStreamBitrate"
                    ]
                },
            }
            for multiplex in (
                item.describe(self.region.clock) for item in self._living_multiplexes()
            )
        ]
        multiplexes, following = page(listed, members)
        return {"Multiplexes": multiplexes, "NextToken": following}

    def update_multiplex(self, members: dict[str, Any]) -> dict[str, Any]:
        """Change a multiplex that is idle or runs; what is omitted stays."""
        multiplex = self._multiplex_in_state(members, "IDLE", "RUNNING")
        before = multiplex.members["MultiplexSettings"]
        given = members.get("MultiplexSettings", {})
        delay = "MaximumVideoBufferDelayMilliseconds"
        if multiplex.state != "IDLE" and given.get(delay, before.get(delay)) != before.get(delay):
            # User guide, multiplex-create-delete-edit-summary: "To change the Max Video Buffer
            # Delay field, the multiplex must be idle".
            raise conflict(f"the multiplex has to be idle for a change of {delay}")
        mappings = members.get("PacketIdentifiersMapping", {})
        programs = {name: self._program(members["MultiplexId"], name) for name in mappings}
        multiplex.members |= {key: members[key] for key in _SETTINGS if key in members}
        multiplex.members["MultiplexSettings"] = {**before, **given}
        for name, mapping in mappings.items():
            programs[name]["PacketIdentifiersMap"] |= mapping
        return {"Multiplex": multiplex.describe(self.region.clock)}

    def delete_multiplex(self, members: dict[str, Any]) -> dict[str, Any]:
        """Delete an idle multiplex without programs; a repetition is taken, which is unverified."""
        multiplex = self._any_multiplex(members)
        if multiplex.state in {"DELETING", "DELETED"}:
            return multiplex.describe(self.region.clock)
        if multiplex.state not in {"IDLE", "CREATE_FAILED"}:
            raise conflict("the multiplex must be idle")
        if self.region.programs[multiplex.members["Id"]]:
            raise conflict("the multiplex must not have any programs")
        multiplex.begin(self.region.clock, "multiplex.delete", "DELETING", "DELETED")
        return multiplex.describe(self.region.clock)

    def start_multiplex(self, members: dict[str, Any]) -> dict[str, Any]:
        """Start an idle multiplex; its channels are started for themselves."""
        multiplex = self._multiplex_in_state(members, "IDLE")
        multiplex.members["PipelinesRunningCount"] = _PIPELINES
        multiplex.begin(self.region.clock, "multiplex.start", "STARTING", "RUNNING")
        return multiplex.describe(self.region.clock)

    def stop_multiplex(self, members: dict[str, Any]) -> dict[str, Any]:
        """Stop a multiplex.

        botocore, StopMultiplex: "If the multiplex isn't running, this action has no effect."
        """
        multiplex = self._living_multiplex(members)
        if multiplex.state in {"RUNNING", "STARTING", "RECOVERING"}:
            multiplex.members["PipelinesRunningCount"] = 0
            multiplex.begin(self.region.clock, "multiplex.stop", "STOPPING", "IDLE")
        return multiplex.describe(self.region.clock)

    def list_multiplex_alerts(self, members: dict[str, Any]) -> dict[str, Any]:
        """List the alerts of a multiplex; nothing of the emulator sets one."""
        self._living_multiplex(members)
        return {"Alerts": page([], members)[0]}

    def create_multiplex_program(self, members: dict[str, Any]) -> dict[str, Any]:
        """Make a program in a multiplex that is idle or runs."""
        multiplex = self._multiplex_in_state(members, "IDLE", "RUNNING")
        programs = self.region.programs[multiplex.members["Id"]]
        name, settings = members["ProgramName"], members["MultiplexProgramSettings"]
        token = ("CreateMultiplexProgram", members["RequestId"])
        if self.region.tokens.get(token) == name and name in programs:
            return {"MultiplexProgram": self._shown_program(multiplex, name)}
        if name in programs:
            raise conflict(f"a program named {name} exists already in this multiplex")
        if len(programs) >= _MOST_PROGRAMS:
            raise bad_request(f"a multiplex has at most {_MOST_PROGRAMS} programs")
        self._check_program(settings, programs)
        number = 1 + max((program["Slot"] for program in programs.values()), default=-1)
        programs[name] = {
            "MultiplexProgramSettings": copy.deepcopy(settings),
            "PacketIdentifiersMap": _packet_identifiers(number),
            "Slot": number,
        }
        multiplex.members["ProgramCount"] = len(programs)
        self.region.tokens[token] = name
        return {"MultiplexProgram": self._shown_program(multiplex, name)}

    def describe_multiplex_program(self, members: dict[str, Any]) -> dict[str, Any]:
        """Show a program."""
        multiplex = self._living_multiplex(members)
        return self._shown_program(multiplex, members["ProgramName"])

    def list_multiplex_programs(self, members: dict[str, Any]) -> dict[str, Any]:
        """List the programs of a multiplex."""
        multiplex_id = self._living_multiplex(members).members["Id"]
        listed = [
            {"ProgramName": name, "ChannelId": _channel_of(self.region, multiplex_id, name)}
            for name in self.region.programs[multiplex_id]
        ]
        programs, following = page(listed, members)
        return {"MultiplexPrograms": programs, "NextToken": following}

    def update_multiplex_program(self, members: dict[str, Any]) -> dict[str, Any]:
        """Change the settings of a program, at any time."""
        multiplex = self._multiplex_in_state(members, "IDLE", "RUNNING")
        name = members["ProgramName"]
        program = self._program(members["MultiplexId"], name)
        if "MultiplexProgramSettings" in members:
            others = {
                other: item
                for other, item in self.region.programs[multiplex.members["Id"]].items()
                if other != name
            }
            self._check_program(members["MultiplexProgramSettings"], others)
            program["MultiplexProgramSettings"] = copy.deepcopy(members["MultiplexProgramSettings"])
        return {"MultiplexProgram": self._shown_program(multiplex, name)}

    def delete_multiplex_program(self, members: dict[str, Any]) -> dict[str, Any]:
        """Delete a program that has no channel."""
        multiplex = self._living_multiplex(members)
        name = members["ProgramName"]
        shown = self._shown_program(multiplex, name)
        if shown.get("ChannelId"):
            raise conflict(f"the program {name} has the channel {shown['ChannelId']}")
        programs = self.region.programs[multiplex.members["Id"]]
        del programs[name]
        multiplex.members["ProgramCount"] = len(programs)
        return shown

    def _shown_program(self, multiplex: Resource, name: str) -> dict[str, Any]:
        program = self._program(multiplex.members["Id"], name)
        channel_id = _channel_of(self.region, multiplex.members["Id"], name)
        shown = {
            "ProgramName": name,
            "MultiplexProgramSettings": program["MultiplexProgramSettings"],
            "PacketIdentifiersMap": program["PacketIdentifiersMap"],
            "ChannelId": channel_id,
            "PipelineDetails": [],
        }
        channel = self.region.channels.get(channel_id or "")
        running = channel is not None and channel.state == "RUNNING"
        if running and multiplex.state == "RUNNING":
            # botocore, MultiplexProgramPipelineDetail: each pipeline of the multiplex has one
            # pipeline of the channel; which of them CURRENTLY_ACTIVE means is unverified.
            preferred = program["MultiplexProgramSettings"].get("PreferredChannelPipeline")
            active = "1" if preferred == "PIPELINE_1" else "0"
            shown["PipelineDetails"] = [
                {"PipelineId": str(number), "ActiveChannelPipeline": active}
                for number in range(_PIPELINES)
            ]
        return copy.deepcopy(shown)

    def _check_program(
        self, settings: Mapping[str, Any], others: Mapping[str, Mapping[str, Any]]
    ) -> None:
        path = "multiplexProgramSettings"
        numbers = {item["MultiplexProgramSettings"]["ProgramNumber"] for item in others.values()}
        if settings["ProgramNumber"] in numbers:
            # botocore, MultiplexProgramSettings.ProgramNumber: "Unique program number".
            raise unprocessable([(f"{path}.programNumber", "another program has this number")])
        video = settings.get("VideoSettings")
        if video is None:
            return
        if len({"ConstantBitrate", "StatmuxSettings"} & video.keys()) != 1:
            # botocore, MultiplexVideoSettings: where one is defined, the other "must be undefined".
            message = "exactly one of constantBitrate and statmuxSettings is required"
            raise unprocessable([(f"{path}.videoSettings", message)])
        statmux = video.get("StatmuxSettings", {})
        lowest, highest = statmux.get("MinimumBitrate"), statmux.get("MaximumBitrate")
        if lowest is not None and highest is not None and lowest > highest:
            message = "minimumBitrate is above maximumBitrate"
            raise unprocessable([(f"{path}.videoSettings.statmuxSettings", message)])

    def _living_multiplexes(self) -> list[Resource]:
        for multiplex in self.region.multiplexes.values():
            multiplex.settle(self.region.clock)
        return [item for item in self.region.multiplexes.values() if item.state != "DELETED"]

    def _any_multiplex(self, members: Mapping[str, Any]) -> Resource:
        return self.region.find("multiplex", self.region.multiplexes, members["MultiplexId"])

    def _living_multiplex(self, members: Mapping[str, Any]) -> Resource:
        multiplex = self._any_multiplex(members)
        if multiplex.state == "DELETED":
            raise not_found(f"multiplex {members['MultiplexId']} was not found")
        return multiplex

    def _multiplex_in_state(self, members: Mapping[str, Any], *allowed: str) -> Resource:
        multiplex = self._living_multiplex(members)
        if multiplex.state not in allowed:
            raise conflict(f"the multiplex is {multiplex.state}; it has to be {allowed[0]}")
        return multiplex

    def _program(self, multiplex_id: str, name: str) -> dict[str, Any]:
        program = self.region.programs.get(multiplex_id, {}).get(name)
        if program is None:
            raise not_found(f"multiplex {multiplex_id} has no program {name}")
        return program


def problems(region: Region, channel: Mapping[str, Any]) -> Iterator[SettingsProblem]:
    """Yield what forbids a *channel* to send to the programs of its destinations.

    User guide: multiplex-create-delete-edit-summary, "The program for the channel must be empty";
    mpts-limits, "one and only one output group, of type multiplex"; setting-up-multiplex, "only
    one output" and "In Rate control, the Rate control mode field: Choose Multiplex".
    """
    for index, destination in enumerate(channel.get("Destinations") or []):
        if settings := destination.get("MultiplexSettings"):
            path = f"destinations[{index}].multiplexSettings"
            yield from _program_problems(region, channel["Id"], settings, path)
    encoder = channel.get("EncoderSettings") or {}
    groups = encoder.get("OutputGroups") or []
    if not any("MultiplexGroupSettings" in group["OutputGroupSettings"] for group in groups):
        return
    if len(groups) != 1:
        yield "outputGroups", "a channel of a multiplex has one output group"
    for index, group in enumerate(groups):
        if len(group["Outputs"]) != 1:
            yield f"outputGroups[{index}].outputs", "a multiplex output group has one output"
    for index, video in enumerate(encoder.get("VideoDescriptions") or []):
        for kind, codec in (video.get("CodecSettings") or {}).items():
            if codec.get("RateControlMode", "MULTIPLEX") != "MULTIPLEX":
                name = kind[:1].lower() + kind[1:]
                path = f"videoDescriptions[{index}].codecSettings.{name}.rateControlMode"
                yield path, "a channel of a multiplex has the rate control mode MULTIPLEX"


def _program_problems(
    region: Region, channel_id: str, settings: Mapping[str, Any], path: str
) -> Iterator[SettingsProblem]:
    multiplex_id, name = settings.get("MultiplexId", ""), settings.get("ProgramName", "")
    multiplex = region.multiplexes.get(multiplex_id)
    if multiplex is None or multiplex.state in {"DELETING", "DELETED"}:
        yield f"{path}.multiplexId", f"multiplex {multiplex_id} does not exist"
    elif name not in region.programs[multiplex_id]:
        yield f"{path}.programName", f"multiplex {multiplex_id} has no program {name}"
    elif (other := _channel_of(region, multiplex_id, name)) not in {None, channel_id}:
        yield f"{path}.programName", f"the program {name} has the channel {other}"


def _channel_of(region: Region, multiplex_id: str, name: str) -> str | None:
    """Return the id of the channel that sends to a program."""
    for channel_id, channel in region.channels.items():
        channel.settle(region.clock)
        for destination in channel.members.get("Destinations") or []:
            settings = destination.get("MultiplexSettings") or {}
            sent = (settings.get("MultiplexId"), settings.get("ProgramName"))
            if channel.state != "DELETED" and sent == (multiplex_id, name):
                return channel_id
    return None


def _destinations(region: str, multiplex_id: str, name: str) -> Iterator[dict[str, Any]]:
    """Yield the entitlements, one a pipeline, that flows may take as their source.

    User guide, start-multiplex: MediaLive delivers to MediaConnect, as an entitled source. The
    entitlements are invented, and no flow of the emulator has them.
    """
    for pipeline in range(_PIPELINES):
        digest = hashlib.sha256(f"{multiplex_id} {pipeline}".encode()).hexdigest()
        arn = f"1-{digest[:16]}-{digest[16:28]}:{name}-{pipeline}"
        entitlement = f"arn:aws:mediaconnect:{region}:{ACCOUNT}:entitlement:{arn}"
        yield {"MediaConnectSettings": {"EntitlementArn": entitlement}}


def _packet_identifiers(number: int) -> dict[str, Any]:
    """Return the packet identifiers of the program in this place; their numbers are invented.

    User guide, start-multiplex: "When you created the programs, MediaLive allocated the PIDs for
    all possible program streams".
    """
    first = _FIRST_PID + number * _PIDS_PER_PROGRAM
    return {
        "PmtPid": first,
        "PcrPid": first + 1,
        "VideoPid": first + 1,
        "AudioPids": [first + 2, first + 3],
        "DvbSubPids": [first + 4, first + 5],
        "DvbTeletextPid": first + 6,
        "KlvDataPids": [first + 7],
        "Scte27Pids": [first + 8],
        "Scte35Pid": first + 9,
        "TimedMetadataPid": first + 10,
        "EtvPlatformPid": first + 11,
        "EtvSignalPid": first + 12,
        "PrivateMetadataPid": first + 13,
    }

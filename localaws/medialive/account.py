"""Parts of an account in a region: configuration, engine versions, purchases, devices."""

from __future__ import annotations

from typing import Any

from localaws.errors import not_found
from localaws.medialive.service import Region, page

# Invented and unverified: no source names a version, so there is no expiration date either.
_VERSIONS = ({"Version": "1.0.0"},)


class Account:
    """The operations on an account; it has bought nothing and owns no device."""

    region: Region

    def describe_account_configuration(self, members: dict[str, Any]) -> dict[str, Any]:
        """Show the configuration of the account."""
        del members
        return {"AccountConfiguration": dict(self.region.account)}

    def update_account_configuration(self, members: dict[str, Any]) -> dict[str, Any]:
        """Change the configuration; a blank key is MediaLive's own (botocore, KmsKeyId)."""
        for name, value in members.get("AccountConfiguration", {}).items():
            self.region.account[name] = value
            if not value:
                del self.region.account[name]
        return {"AccountConfiguration": dict(self.region.account)}

    def list_versions(self, members: dict[str, Any]) -> dict[str, Any]:
        """List the versions of the encoder engine."""
        del members
        return {"Versions": [dict(version) for version in _VERSIONS]}

    def list_input_devices(self, members: dict[str, Any]) -> dict[str, Any]:
        """List the Elemental Link devices; the account has none."""
        return {"InputDevices": page([], members)[0]}

    def list_input_device_transfers(self, members: dict[str, Any]) -> dict[str, Any]:
        """List the devices on their way to another account."""
        return {"InputDeviceTransfers": page([], members)[0]}

    def describe_input_device(self, members: dict[str, Any]) -> dict[str, Any]:
        """Refuse every id."""
        raise not_found(f"input device {members['InputDeviceId']} was not found")

    def list_offerings(self, members: dict[str, Any]) -> dict[str, Any]:
        """List the offerings of reservations; the emulator has none."""
        return {"Offerings": page([], members)[0]}

    def describe_offering(self, members: dict[str, Any]) -> dict[str, Any]:
        """Refuse every id."""
        raise not_found(f"offering {members['OfferingId']} was not found")

    def list_reservations(self, members: dict[str, Any]) -> dict[str, Any]:
        """List the reservations."""
        return {"Reservations": page([], members)[0]}

    def describe_reservation(self, members: dict[str, Any]) -> dict[str, Any]:
        """Refuse every id."""
        raise not_found(f"reservation {members['ReservationId']} was not found")

"""States of MediaLive channels and inputs, in the sets that decisions need."""

from __future__ import annotations

from typing import Final

ON_AIR: Final = frozenset({"STARTING", "RUNNING", "RECOVERING"})
"""States of a channel that streams, or is about to."""

NOT_RUNNING: Final = frozenset({"IDLE", "CREATE_FAILED", "UPDATE_FAILED", "DELETING", "DELETED"})
"""States of a channel that no stop changes any more."""

BROKEN: Final = NOT_RUNNING - {"IDLE"}
"""States of a channel that cannot start."""

DELETED: Final = frozenset({"DELETING", "DELETED"})
"""States of a channel or an input that is being deleted, or is deleted."""

TRANSIENT: Final = frozenset({"CREATING", "UPDATING", "DELETING"})
"""States that a channel leaves by itself, without a start or a stop."""

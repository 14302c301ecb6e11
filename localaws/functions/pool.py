"""The execution environments of all functions: warm ones are used again."""

from __future__ import annotations

import secrets
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from localaws.errors import AwsError
from localaws.functions import code
from localaws.functions.definition import Definition
from localaws.functions.environment import Environment


@dataclass(slots=True, eq=False)
class Slot:
    """A place for an environment.

    Attributes:
        stream: of its log.
        notes: about its code, for its log.
        is_busy: whether it runs an invocation.
        is_stale: whether its function has changed since.
    """

    definition: Definition
    stream: str
    environment: Environment | None = None
    notes: str = ""
    is_busy: bool = True
    is_stale: bool = False
    folder: Path = field(default_factory=Path)


class Pool:
    """Environments, and the unpacked code of their functions.

    Args:
        variables: returns all variables of a new environment of a slot.
        concurrency: of all functions in a region that have none reserved.
    """

    def __init__(self, variables: Callable[[Slot], dict[str, str]], concurrency: int) -> None:
        self._variables, self._concurrency = variables, concurrency
        self._lock = threading.Lock()
        self._slots: list[Slot] = []
        self._replaced: dict[str, list[str]] = {}
        self._folder: Path | None = None

    @contextmanager
    def environment(self, definition: Definition, stream: Callable[[], str]) -> Iterator[Slot]:
        """Lend an environment of the function; a cold one has to be started by its first use.

        Raises:
            AwsError: 429 when all that may run at the same time are in use.
        """
        slot = self._taken(definition, stream)
        try:
            if slot.environment is None:
                self._start(slot)
            yield slot
        finally:
            self._give_back(slot)

    def end(self, is_current: Callable[[Definition], bool] = lambda _: False) -> None:
        """End the environments of functions that are no longer as they were."""
        with self._lock:
            for slot in self._slots:
                slot.is_stale = slot.is_stale or not is_current(slot.definition)
            self._sweep()

    def close(self) -> None:
        """End all environments at once, and forget the code."""
        with self._lock:
            slots, self._slots = self._slots, []
            for slot in slots:
                if slot.environment is not None:
                    slot.environment.kill()
            self._replaced.clear()
            if self._folder is not None:
                shutil.rmtree(self._folder, ignore_errors=True)
                self._folder = None

    def _taken(self, definition: Definition, stream: Callable[[], str]) -> Slot:
        with self._lock:
            for slot in self._slots:
                slot.is_stale = slot.is_stale or (
                    slot.definition.reference == definition.reference
                    and slot.definition.version == definition.version
                    and slot.definition != definition
                )
            self._sweep()
            for slot in self._slots:
                if not slot.is_busy and not slot.is_stale and slot.definition == definition:
                    slot.is_busy = True
                    return slot
            self._check_concurrency(definition)
            slot = Slot(definition, stream())
            self._slots.append(slot)
            return slot

    def _check_concurrency(self, definition: Definition) -> None:
        busy = [slot.definition for slot in self._slots if slot.is_busy]
        if definition.reserved is not None:
            limit, reason = definition.reserved, "ReservedFunctionConcurrentInvocationLimitExceeded"
            running = [other for other in busy if other.reference == definition.reference]
        else:
            limit, reason = self._concurrency, "ConcurrentInvocationLimitExceeded"
            running = [
                other
                for other in busy
                if other.reserved is None and other.reference.region == definition.reference.region
            ]
        if len(running) >= limit:
            members = {"Reason": reason, "Type": "User"}
            raise AwsError("TooManyRequestsException", 429, "Rate Exceeded.", **members)

    def _start(self, slot: Slot) -> None:
        definition = slot.definition
        with self._lock:
            if self._folder is None:
                self._folder = Path(tempfile.mkdtemp(prefix="localaws-lambda-"))
                code.link_runtime(self._folder / "runtime")
            root = self._folder
            # By content: versions and functions with the same archive share it.
            task = root / "code" / definition.code_sha.replace("/", "_").replace("=", "")
            if definition.code_sha not in self._replaced:
                self._replaced[definition.code_sha] = code.unpack(definition.code, task)
            replaced = self._replaced[definition.code_sha]
            slot.folder = root / "tmp" / secrets.token_hex(4)
            slot.folder.mkdir(parents=True)
        slot.notes = "".join(
            f"{name} of the archive is for another platform: this machine's runs instead\n"
            for name in replaced
        )
        variables = {
            **self._variables(slot),
            "LAMBDA_TASK_ROOT": str(task),
            "LAMBDA_RUNTIME_DIR": str(root / "runtime"),
            "PYTHONPATH": str(root / "runtime"),
            # Files of the user that runs the emulator are none of the function's.
            "HOME": str(slot.folder),
            "TMPDIR": str(slot.folder),
        }
        with self._lock:
            # A reset in between has taken the folders away.
            if slot not in self._slots:
                raise AwsError("ServiceException", 500, "the emulator was reset", Type="Service")
            slot.environment = Environment(
                definition.handler, task, variables, definition.memory_mb
            )

    def _give_back(self, slot: Slot) -> None:
        with self._lock:
            slot.is_busy = False
            if slot.environment is None or not slot.environment.is_alive:
                slot.is_stale = True
            self._sweep()

    def _sweep(self) -> None:
        for slot in [slot for slot in self._slots if slot.is_stale and not slot.is_busy]:
            self._slots.remove(slot)
            if slot.environment is not None:
                slot.environment.kill()
            shutil.rmtree(slot.folder, ignore_errors=True) if slot.folder.name else None

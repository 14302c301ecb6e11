"""The part of a destination file that says when it streams, as the history keeps it."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any, Literal

from pydantic import ValidationError

from catalog.model import DestinationSpec
from catalog.schedule import Schedule
from catalog.strict_model import StrictModel


class Declaration(StrictModel):
    """The hours of a destination, by its file; the keys are those of the file."""

    state: Literal["running", "stopped"] = "running"
    schedule: Schedule | None = None
    expires: dt.date | None = None

    @classmethod
    def of(cls, spec: DestinationSpec) -> Declaration:
        """Return the declaration of *spec*."""
        return cls(state=spec.state, schedule=spec.schedule, expires=spec.expires)

    @classmethod
    def parse(cls, content: Any) -> Declaration | None:
        """Return the declaration of the JSON object *content*; None for another form."""
        try:
            return cls.model_validate_json(json.dumps(content))
        except ValidationError:
            return None

    def document(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return self.model_dump(mode="json", exclude_none=True)

    def text(self) -> str:
        """Return it as text, the same for the same declaration."""
        return json.dumps(self.document(), sort_keys=True, separators=(",", ":"))

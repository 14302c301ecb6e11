"""A bench under the other readings differs from the defaults in every disputed behaviour."""

from __future__ import annotations

from bench.figures import Report
from bench.readings import Readings
from localaws.medialive.readings import DISPUTED
from localaws.medialive.readings import Readings as OfMediaLive

REPORT = Report("faults", "Faults", "None matters.", "faults", ("fault",), None)


def test_every_disputed_behaviour_is_another() -> None:
    chosen = OfMediaLive(Readings.OTHERS.chosen).in_force()
    assert chosen.keys() == DISPUTED.keys()
    assert not [name for name in chosen if chosen[name] == DISPUTED[name]["default"]]
    assert Readings.DEFAULT.chosen == {}


def test_its_figures_stand_beside_those_of_the_defaults() -> None:
    other = REPORT.under(Readings.OTHERS)
    assert (other.name, other.title) == ("faults-others", "Faults, other readings")
    assert other.command == "python -m bench.faults --readings others"
    assert REPORT.under(Readings.DEFAULT) is REPORT

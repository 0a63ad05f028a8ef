"""An event is made, compared and shown as a dataclass would be, and never changed."""

import uuid

import pytest

from consultation import app  # noqa: F401 - loads every room, and with it every event
from consultation.kernel.events import Event

KETTLE, CUP = uuid.UUID(int=1), uuid.UUID(int=2)


class WaterPoured(Event):
    subject_id: uuid.UUID
    millilitres: int
    into: uuid.UUID | None = None


def test_it_tells_what_it_was_given_by_place_or_by_name():
    poured = WaterPoured(KETTLE, 250, into=CUP)
    assert (poured.subject_id, poured.millilitres, poured.into) == (KETTLE, 250, CUP)
    assert poured == WaterPoured(subject_id=KETTLE, millilitres=250, into=CUP)
    assert WaterPoured(KETTLE, 250).into is None


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ((), {}),
        ((KETTLE,), {}),
        ((KETTLE, 250, CUP, "slowly"), {}),
        ((KETTLE, 250), {"how": "slowly"}),
        ((KETTLE, 250), {"millilitres": 300}),
    ],
)
def test_it_tells_all_of_it_once_and_nothing_else(values, named):
    with pytest.raises(TypeError, match="WaterPoured tells subject_id, millilitres, into"):
        WaterPoured(*values, **named)


def test_it_cannot_be_changed():
    poured = WaterPoured(KETTLE, 250)
    with pytest.raises(AttributeError, match="has happened"):
        poured.millilitres = 300
    assert poured == WaterPoured(KETTLE, 250)


def test_others_are_others():
    class WaterSpilled(WaterPoured):
        subject_id: uuid.UUID
        millilitres: int
        into: uuid.UUID | None = None

    poured = WaterPoured(KETTLE, 250)
    assert poured != WaterPoured(KETTLE, 251)
    assert poured != WaterSpilled(KETTLE, 250)
    assert len({poured, WaterPoured(KETTLE, 250), WaterPoured(CUP, 250)}) == 2
    assert repr(poured) == f"WaterPoured(subject_id={KETTLE!r}, millilitres=250, into=None)"


def test_every_event_begins_with_what_it_happened_to():
    own = [one for one in Event.__subclasses__() if one.__module__.startswith("consultation.")]
    assert len(own) > 90
    assert {one.__name__: one.told[0] for one in own} == dict.fromkeys((one.__name__ for one in own), "subject_id")
    assert len({one.__name__ for one in own}) == len(own)

"""A consultation with five items and three organizations that may vote."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.voting.factories import Delegate, commit, make_consultation, make_delegate, make_items


@dataclass(frozen=True)
class Scene:
    consultation: Any
    codes: tuple[str, ...]
    delegates: tuple[Delegate, ...]


@pytest.fixture
def scene(session: Any, clock: Any) -> Scene:
    now = clock.now()
    consultation = make_consultation(session, now)
    items = make_items(session, consultation, now, 5)
    delegates = tuple(make_delegate(session, now, code) for code in ("ALPHA", "BETA", "GAMMA"))
    commit(session)
    return Scene(consultation, tuple(item.code for item in items), delegates)


@pytest.fixture
def timed(session: Any, scene: Scene) -> Scene:
    """Items that ask for minutes, 30 each."""
    from consultation.curation.queries import items

    for item in items(session, scene.consultation.id):
        item.minutes = 30
    session.flush()
    return scene

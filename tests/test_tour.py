"""The tour goes where there are pages, to each place once."""

import importlib.util
import sys
from pathlib import Path

import pytest

pytest.importorskip("playwright", reason="bin/tour looks through Playwright")

FILE = Path(__file__).resolve().parent.parent / "bin" / "_tour.py"


@pytest.fixture(scope="module")
def tour():
    described = importlib.util.spec_from_file_location("_tour", FILE)
    module = importlib.util.module_from_spec(described)
    sys.modules["_tour"] = module  # its dataclasses look themselves up
    described.loader.exec_module(module)
    return module


@pytest.mark.sqlite
def test_every_stop_is_an_address_of_the_application(app, tour):
    addresses = app.url_map.bind("127.0.0.1")
    assert {stop.name for stop in tour.STOPS if not addresses.test(f"/en{stop.path.partition('?')[0]}")} == set()
    assert len({stop.name for stop in tour.STOPS}) == len(tour.STOPS)
    assert {stop.role for stop in tour.STOPS} == {
        "",
        "delegate",
        "moderator",
        "organizer",
        "administrator",
        "auditor",
    }


def test_first_visits_and_pictures_of_the_readme_are_stops(tour):
    names = {stop.name for stop in tour.STOPS}
    assert names >= {*tour.FIRST_VISITS, *(shown[0] for shown in tour.FOR_README.values())}

"""A sample of what bin/oracles compares in full. The libraries are large, and not among what bin/test installs."""

import importlib.util

import pytest

from tests.voting.tally.oracles import COMPARISONS, compare


@pytest.mark.parametrize("name", COMPARISONS)
def test_a_library_agrees(name):
    library = next(one for one in ("abcvoting", "pabutools", "pref_voting", "votekit") if name.endswith(one))
    if importlib.util.find_spec(library) is None:
        pytest.skip(f"{library} is not installed: bin/oracles installs it, and compares 2,000 profiles a rule")
    assert compare(name, 20)[1] == []

"""Words are found in lists of any length, and what is not among them is at some place of the list."""

import numpy as np
import pytest

from consultation.voting.tally.words import Words


@pytest.mark.parametrize("count", [1, 2, 3, 200, 699, 700, 701, 5_000])
def test_every_word_is_found_and_no_other_leads_out_of_the_list(count):
    source = np.random.default_rng(count)
    drawn = np.unique(source.integers(0, 2**64, 3 * count, dtype=np.uint64))
    words = drawn[np.sort(source.permutation(len(drawn))[:count])]
    found = Words(words)
    assert (found.places(words) == np.arange(count)).all()
    others = np.concatenate([source.integers(0, 2**64, 2_000, dtype=np.uint64), np.array([0, 2**64 - 1], np.uint64)])
    places = found.places(others)
    assert ((places >= 0) & (places < count)).all()
    assert not (words[places] == others)[~np.isin(others, words)].any()
    assert found.places(np.zeros(0, np.uint64)).tolist() == []


def test_words_that_differ_in_their_last_bytes_alone_get_a_table():
    """As codes do: the table is there for them, and is small."""
    words = np.array([int.from_bytes(b"NG27-%03d" % number, "big") for number in range(200)], np.uint64)
    found = Words(words)
    assert found.table is not None
    assert len(found.table) == 2**17
    assert Words(np.arange(701, dtype=np.uint64)).table is None

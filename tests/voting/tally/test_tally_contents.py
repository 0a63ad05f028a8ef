"""Stored ballots read by the million say what they say one by one."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consultation.voting.rules import to_content
from consultation.voting.tally import BallotRow, InvalidBallot, Profile, contents
from consultation.voting.tally.ballots import MAX_WEIGHT
from consultation.voting.tally.contents import Reader, profile_of_contents, row_of
from tests.voting.tally import references as plain

CODES = {
    "plain": {code: code for code in plain.CODES},
    "public": {code: f"NG27-{number:03d}" for number, code in enumerate(plain.CODES)},
    "prefixes": dict(
        zip(plain.CODES, ("NG27-0001", "NG27-00010", "NG27-000", "x", "support", "NG27-00010-and-on"), strict=True)
    ),
    "hard": dict(zip(plain.CODES, ('"', "\\", "é", ",", "[a]", " "), strict=True)),
}


def renamed(election, names):
    codes, rows = election
    return [names[code] for code in codes], [
        BallotRow(
            tuple(tuple(names[item] for item in tier) for tier in row.tiers),
            None if row.support is None else frozenset(names[item] for item in row.support),
            plain.mass(row),
        )
        for row in rows
    ]


@pytest.mark.parametrize("names", CODES.values(), ids=CODES.keys())
@settings(max_examples=120, deadline=None)
@given(election=plain.elections())
def test_texts_of_the_box_give_the_same_profile(names, election):
    codes, rows = renamed(election, names)
    contents = [to_content(row) for row in rows]
    found = profile_of_contents(codes, iter(contents))
    expected = Profile.from_ballots(codes, rows)
    assert found.input_sha256 == expected.input_sha256
    assert (found.ballots, found.blank, found.items) == (expected.ballots, expected.blank, expected.items)
    for part in ("starts", "listed", "ranks", "supported", "weights"):
        assert getattr(found, part).tolist() == getattr(expected, part).tolist()
    assert [row_of(content) for content in contents] == [BallotRow(row.tiers, row.support, row.weight) for row in rows]


@pytest.mark.parametrize("names", ["plain", "public", "prefixes"])
@settings(max_examples=60, deadline=None)
@given(election=plain.elections(items=6))
def test_what_the_box_writes_is_read_the_quick_way(names, election):
    codes, rows = renamed(election, CODES[names])
    reader = Reader(sorted(codes))
    texts = [to_content(row) for row in rows]
    if not any(row.tiers for row in rows):
        return
    quick, slow = reader._quickly(texts), reader._one_by_one(texts, 0)
    assert [part.tolist() for part in quick or ()] == [part.tolist() for part in slow]


def test_the_heaviest_ballot_is_read_in_both_ways():
    text = f'{{"tiers":[["a"]],"weight":{MAX_WEIGHT}}}'.encode()
    reader = Reader(("a", "b"))
    for batch in (reader._quickly([text]), reader._one_by_one([text], 0)):
        assert batch is not None
        assert batch.weights.tolist() == [MAX_WEIGHT]
    assert reader._quickly([text.replace(b'"weight":1', b'"weight":2')]) is None


@pytest.mark.parametrize(
    "code",
    ["AAAAAAAA2", "BBBBBBBB1", "CCCCCCCC1", "AAAAAAAA", "1", "AAAAAAAA12", "AAAAAAAA1AAAAAAAA", "AAAAAAAA1\\u0000"],
)
def test_a_code_made_of_parts_of_others_is_none(code):
    """Codes are looked for eight letters at a time."""
    known = b'{"tiers":[["AAAAAAAA1"],["BBBBBBBB2"]]}'
    with pytest.raises(InvalidBallot) as refused:
        profile_of_contents(["AAAAAAAA1", "BBBBBBBB2"], [known, f'{{"tiers":[["{code}"]]}}'.encode()])
    assert (refused.value.code, refused.value.ballot) == ("unknown_item", 2)


def test_lines_of_several_ballots_are_not_taken_for_each_other():
    """Read as one array, the two lines hold the same as the tops of the two ballots, in sum."""
    texts = [b'{"support":["b"],"tiers":[["c"],["b"]]}', b'{"support":["b"],"tiers":[["a"],["b"]]}']
    with pytest.raises(InvalidBallot) as refused:
        profile_of_contents("abc", texts)
    assert (refused.value.code, refused.value.ballot) == ("support_not_at_top", 1)


@pytest.mark.parametrize(
    "text",
    [
        '{"tiers":[["a"], ["b"]]}',
        '{"tiers":[["a"],["b"]],"support":["a"]}',
        ' {"tiers":[["a"]]}',
        '{"weight":2,"tiers":[["a"]]}',
        '{"tiers":[["a"]],"weight":2,"note":"b"}',
        '{"tiers":[["\\u0061"]]}',
        '{"support":null,"tiers":[["a"]]}',
    ],
)
def test_other_ways_to_write_a_ballot_are_read_too(text):
    content = text.encode()
    expected = Profile.from_ballots("ab", [row_of(b'{"tiers":[["b"]]}'), row_of(content)])
    assert profile_of_contents("ab", [b'{"tiers":[["b"]]}', content]).input_sha256 == expected.input_sha256


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"tiers":[["a"],["x"]]}', "unknown_item"),
        ('{"tiers":[["a"],["a"]]}', "duplicate_item"),
        ('{"tiers":[[]]}', "empty_tier"),
        ('{"tiers":[["a"]],"weight":0}', "bad_weight"),
        ('{"tiers":[["a"]],"weight":02}', "bad_json"),
        ('{"tiers":[["a"]],"weight":99999999999999}', "weight_too_large"),
        ('{"tiers":[["a"]],"weight":"2"}', "bad_weight"),
        ('{"support":["b"],"tiers":[["a"],["b"]]}', "support_not_at_top"),
        ('{"support":["a","a"],"tiers":[["a","b"]]}', "support_not_at_top"),
        ('{"support":["x"],"tiers":[["a"]]}', "support_not_listed"),
        ('{"tiers":[["a"]],"weight":2]', "bad_json"),
        ('{"tiers":[["a"]],"weight":22', "bad_json"),
        ('{"tiers":[],x"weight":2}', "bad_json"),
        ('{"tiers":[],"weight":2}"', "bad_json"),
        ('x"tiers":[["a"]]}', "bad_json"),
        ('{"tiers":[["a"]]', "bad_json"),
        ('{"tiers":[["a"]]}}', "bad_json"),
        ('["a"]', "bad_json"),
        ('{"tiers":3}', "bad_json"),
        ('{"tiers":[["a"]],\n"weight":2x}', "bad_json"),
        ("", "bad_json"),
        ('"', "bad_json"),
        ("[" * 100_000, "bad_json"),
    ],
)
def test_what_is_no_ballot_is_refused_with_its_place(text, code):
    with pytest.raises(InvalidBallot) as refused:
        profile_of_contents("ab", [b'{"tiers":[["b"]]}', text.encode()])
    assert (refused.value.code, refused.value.ballot) == (code, 2)


@settings(max_examples=300, deadline=None)
@given(plain.elections(items=3, ballots=4), st.data())
def test_a_changed_byte_never_makes_the_two_readers_disagree(election, data):
    codes, rows = election
    texts = [bytearray(to_content(row)) for row in rows if plain.mass(row)]
    if not texts:
        return
    text = data.draw(st.sampled_from(texts))
    at = data.draw(st.integers(0, len(text) - 1))
    text[at : at + data.draw(st.integers(0, 2))] = data.draw(
        st.sampled_from([b"", b'"', b",", b"[", b"]", b"a", b"1", b":", b"\n"])
    )
    contents = [bytes(one) for one in texts]

    def told(read):
        try:
            return read().input_sha256
        except InvalidBallot as error:
            return error.code

    one_by_one = told(lambda: Profile.from_ballots(codes, [row_of(content) for content in contents]))
    assert told(lambda: profile_of_contents(codes, contents)) == one_by_one


def test_no_ballots_are_an_empty_profile():
    assert json.dumps(profile_of_contents("ab", []).input_sha256) == json.dumps(
        Profile.from_ballots("ab", []).input_sha256
    )


TEXTS = [f'{{"tiers":[["{"abc"[number % 3]}"],["{"cab"[number % 3]}"]]}}'.encode() for number in range(50)]


def test_batches_that_are_read_side_by_side_come_out_in_their_order(monkeypatch):
    expected = profile_of_contents("abc", TEXTS)
    monkeypatch.setattr(contents, "BATCH", 7)
    found = profile_of_contents("abc", iter(TEXTS))
    assert (found.input_sha256, found.ballots) == (expected.input_sha256, 50)
    batches = contents._read(Reader("abc"), iter(TEXTS))
    assert [len(batch.sizes) for batch in batches] == [7] * 7 + [1]
    assert [int(batch.listed[0]) for batch in batches] == [0, 1, 2, 0, 1, 2, 0, 1]
    assert len(contents._read(Reader("abc"), iter(TEXTS[:14]))) == 2


def test_the_first_wrong_ballot_of_all_batches_is_told(monkeypatch):
    monkeypatch.setattr(contents, "BATCH", 7)
    wrong = [*TEXTS[:30], b'{"tiers":[["a"],["x"]]}', *TEXTS[30:40], b'{"tiers":[["a"],["y"]]}']
    with pytest.raises(InvalidBallot) as refused:
        profile_of_contents("abc", iter(wrong))
    assert (refused.value.code, refused.value.ballot) == ("unknown_item", 31)

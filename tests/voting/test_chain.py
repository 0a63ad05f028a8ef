"""The chain shows every change that can be seen in itself."""

from dataclasses import replace

import pytest

from consultation.voting.chain import (
    Fault,
    canonical,
    commitment,
    digest,
    finals,
    genesis,
    link,
    nonce,
    verify_chain,
    voter_tag,
)

KEY = bytes(range(32))
START = genesis("MAIN", "f" * 64)


def made(voters="ABAC"):
    entries, previous, revisions = [], START, {}
    for position, voter in enumerate(voters, start=1):
        tag = voter_tag(KEY, "MAIN", voter)
        revision = revisions[voter] = revisions.get(voter, 0) + 1
        content = canonical({"tiers": [[voter]]})
        entry = link("MAIN", position, previous, commitment("MAIN", content, nonce(KEY, tag, revision)), tag, revision)
        entries.append(entry)
        previous = entry.entry_hash
    return entries


def test_parts_are_length_prefixed():
    assert digest("d", "ab", "c") != digest("d", "a", "bc")


def test_a_whole_chain_holds_and_its_finals_are_the_last_of_each_voter():
    entries = made()
    assert verify_chain("MAIN", START, entries) is None
    assert sorted(entry.position for entry in finals(entries).values()) == [2, 3, 4]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda chain: chain[:1] + chain[2:], Fault(2, "position")),
        (lambda chain: [chain[1], chain[0], *chain[2:]], Fault(1, "position")),
        (lambda chain: [chain[0], replace(chain[1], commitment="0" * 64), *chain[2:]], Fault(2, "hash")),
        (lambda chain: [chain[0], replace(chain[1], voter_tag="0" * 64), *chain[2:]], Fault(2, "hash")),
        (lambda chain: [*chain[:2], replace(chain[2], revision=1), chain[3]], Fault(3, "hash")),
        (lambda chain: [replace(chain[0], prev_hash="0" * 64), *chain[1:]], Fault(1, "previous")),
        (lambda chain: [*chain[:2], replace(chain[2], entry_hash="0" * 64), chain[3]], Fault(3, "hash")),
        (
            lambda chain: [chain[0], link("MAIN", 2, chain[0].entry_hash, "1" * 64, chain[0].voter_tag, 3)],
            Fault(2, "revision"),
        ),
    ],
)
def test_changes_show(change, fault):
    assert verify_chain("MAIN", START, change(made())) == fault


def test_another_contest_or_another_opening_is_another_chain():
    assert verify_chain("OTHER", START, made()) == Fault(1, "hash")
    assert verify_chain("MAIN", genesis("MAIN", "0" * 64), made()) == Fault(1, "previous")

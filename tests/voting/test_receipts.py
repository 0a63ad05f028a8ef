"""Every receipt of a run is found again after the close: in the chain, and, where its ballot counts, among the ballots
that are left, which say what was cast."""

import random
import uuid

from consultation.kernel.permissions import OPERATOR
from consultation.voting import chain
from consultation.voting.operations import cast, close_contest
from consultation.voting.queries import chain_entries, checkpoints, final_contents
from consultation.voting.rules import from_content
from consultation.voting.signed import is_signed, verify_checkpoint
from tests.voting.factories import commit, make_contest, make_delegate


def test_every_receipt_of_a_run_verifies_after_the_close(session, scene, clock):
    delegates = [*scene.delegates, *(make_delegate(session, clock.now(), f"M{number}") for number in range(5))]
    contest = make_contest(session, scene.consultation, clock.now(), kind="ranking")
    commit(session)
    draw, given = random.Random(3), []
    for _ in range(40):
        delegate = draw.choice(delegates)
        ballot = [[code] for code in draw.sample(scene.codes, draw.randint(0, 4))]
        receipt = cast(
            session,
            contest,
            organization_id=delegate.organization.id,
            ballot=ballot,
            key=uuid.uuid4().hex,
            actor=delegate.actor,
            clock=clock.now,
        )
        given.append((delegate.organization.code, ballot, receipt))
        commit(session)
    close_contest(session, contest, actor=OPERATOR, now=clock.now())
    commit(session)
    session.expire_all()
    entries = list(chain_entries(session, contest.id))
    contents = {row.commitment: row for row in final_contents(session, contest.id)}
    key = contest.frozen["signing_key"]
    last = {code: receipt for code, _ballot, receipt in given}
    for code, ballot, receipt in given:
        assert receipt.signing_key == key
        assert is_signed(key, receipt.message(), receipt.signature)
        entry = entries[receipt.position - 1]
        assert (entry.commitment, entry.entry_hash, entry.revision) == (
            receipt.commitment,
            receipt.entry_hash,
            receipt.revision,
        )
        counts = last[code] == receipt
        assert (receipt.commitment in contents) is counts
        if counts:
            row = contents[receipt.commitment]
            assert chain.commitment(contest.code, row.content, row.nonce) == receipt.commitment
            assert [list(tier) for tier in from_content(row.content).tiers] == ballot
    assert len(contents) == len(last) == contest.record["final"]
    assert [code for code, voted in contest.record["roll"] if voted] == sorted(last)
    for checkpoint in checkpoints(session, [contest])[contest.id]:
        assert verify_checkpoint(checkpoint, contest.frozen_sha256, key, entries) is None

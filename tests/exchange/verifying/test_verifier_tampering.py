"""Whoever tampers with a bundle also writes its manifest anew. Each kind of tampering is found, and told by its code.

``TAMPERING`` tells for each kind of it exactly which codes are reported; a check that is taken out of the verifier
makes at least one of these lists shorter (``test_every_code_has_a_kind_of_tampering_that_is_found_by_it``).
"""

import copy
import json
import random
from dataclasses import dataclass, field
from typing import Any

import pytest

from consultation.exchange.verifying import ballot_box_verifier as verifier
from consultation.voting import chain
from tests.exchange.verifying.boxes import (
    OTHER_SEED,
    SEED,
    SIGNED_AT,
    Box,
    Tables,
    ballots,
    codes,
    filled,
    findings,
    packed,
    public_key,
    sign,
)


@dataclass
class Case:
    """A bundle and what somebody kept, before and after the tampering."""

    box: Box
    tables: Tables
    saved: list[dict[str, Any]] = field(default_factory=list)
    receipts: list[dict[str, Any]] = field(default_factory=list)

    @property
    def contest(self):
        return self.tables["contests"][0]

    @property
    def chain(self):
        return self.tables["chain"]

    def tally(self, rule):
        return next(row for row in self.tables["tallies"] if row["rule"] == rule)

    def result(self, rule):
        return self.tally(rule)["result"]

    def link_again(self):
        """Rewrite the hashes of the chain, so that it holds in itself."""
        previous = chain.genesis(self.box.code, self.contest["frozen_sha256"])
        for position, row in enumerate(self.chain, start=1):
            made = chain.link(self.box.code, position, previous, row["commitment"], row["voter_tag"], row["revision"])
            row.update(position=position, prev_hash=previous, entry_hash=made.entry_hash)
            previous = made.entry_hash

    def record_again(self):
        """Give the record of the close its digest."""
        self.contest["record_sha256"] = chain.digest("ballot-box/record/1", chain.canonical(self.contest["record"]))

    def sign_again(self, seed=SEED):
        """Sign all checkpoints of the chain as it is now, as whoever has the key can."""
        last, rows = len(self.chain), []
        genesis = chain.genesis(self.box.code, self.contest["frozen_sha256"])
        wanted = [("opening", 0), *(("step", at) for at in range(10, last + 1, 10)), ("closing", last)]
        for number, (kind, position) in enumerate(wanted):
            entry_hash = self.chain[position - 1]["entry_hash"] if position else genesis
            record = self.contest["record_sha256"] if kind == "closing" else ""
            parts = (kind, position, entry_hash, record, SIGNED_AT)
            signed = sign(seed, "ballot-box/checkpoint/1", self.box.code, self.contest["frozen_sha256"], *parts)
            names = ("kind", "position", "entry_hash", "record_sha256", "signed_at", "signature")
            row = dict(zip(names, (*parts, signed), strict=True))
            rows.append({"contest": self.box.code, "number": number, **row})
        self.tables["checkpoints"] = rows

    def freeze_again(self):
        self.contest["frozen_sha256"] = chain.digest("contest/frozen/1", chain.canonical(self.contest["frozen"]))
        self.link_again()
        self.record_again()
        self.sign_again()


@pytest.fixture(scope="module")
def untouched():
    box = filled(random.Random(7), "tiers", "named", voters=25, minutes=45)
    return box, box.close()


@pytest.fixture
def case(untouched):
    box, tables = untouched
    return Case(box, copy.deepcopy(tables))


TAMPERING = {}


def tampering(name, *expected):
    def keep(function):
        TAMPERING[name] = (function, set(expected))
        return function

    return keep


# Rows and contests


@tampering(
    "a field is taken out of a row of the chain",
    "row_shape",
    "chain_position",
    "chain_previous",
    "checkpoint_entry",
    "checkpoint_missing",
    "checkpoint_order",
    "record_counts",
    "roll_turnout",
    "ballots_extra",
    "tally_counts",
)
def _(case):
    del case.chain[index_of_single_voter(case)]["revision"]


@tampering("rows of a contest that is not there", "row_stray")
def _(case):
    case.tables["ballots"].insert(0, case.tables["ballots"][0] | {"contest": "OTHER"})


@tampering("a contest twice", "contest_twice")
def _(case):
    case.tables["contests"].append(case.contest)


@tampering("a contest without what was frozen", "row_shape", "row_stray")
def _(case):
    del case.contest["frozen"]


# What was frozen


@tampering("what was frozen belongs to another contest", "frozen_setting")
def _(case):
    case.contest["frozen"]["contest"] = "OTHER"
    case.freeze_again()


@tampering("what was frozen is changed", "frozen_digest", "frozen_setting", "tally_missing")
def _(case):
    case.contest["frozen"]["places"] = 4
    case.contest["places"] = 4
    case.contest["question"] = case.contest["question"] | {"en": "Another question?"}
    for row in case.tables["tallies"]:
        row["result"]["parameters"]["seats"] = 4
        row["result"]["selected"] = [item for tier in row["result"]["order"] for item in tier][:4]
    case.tables["tallies"] = [case.tally("expanding_approvals")]
    result = case.result("expanding_approvals")
    count = verifier.Count(case.box.codes, [row["ballot"] for row in case.tables["ballots"]])
    drawn = {item: verifier.tie_priority("MAIN", "4711", item) for item in count.items}
    result.update(json.loads(json.dumps(verifier.expanding_approvals(count, drawn, {"seats": 4}))))


@pytest.mark.parametrize("name", verifier.FROZEN_SETTINGS)
def test_a_setting_beside_what_was_frozen(case, tmp_path, name):
    case.contest[name] = "other"
    assert codes(findings(tmp_path / "b.zip", packed(case.tables))) == {"frozen_setting"}


@tampering("options that are none", "frozen_digest", "frozen_setting", "ballot_invalid")
def _(case):
    case.contest["frozen"]["options"][0] = "NG27-A001"


@tampering("a step of checkpoints that is none", "frozen_setting")
def _(case):
    case.contest["frozen"]["checkpoint_step"] = 0
    case.freeze_again()


@tampering("a format that is not known", "frozen_format")
def _(case):
    case.contest["frozen"]["format"] = 3
    case.freeze_again()


@tampering("another key beside the frozen one", "signing_key")
def _(case):
    case.contest["signing_key"] = public_key(OTHER_SEED)


@tampering("a frozen key that is none", "signing_key", "checkpoint_signature")
def _(case):
    case.contest["frozen"]["signing_key"] = case.contest["signing_key"] = "0" * 64
    case.freeze_again()


# The chain: flip, delete, reorder, insert, truncate


@tampering("an entry's hash is flipped", "chain_hash", "chain_previous")
def _(case):
    case.chain[4]["entry_hash"] = flipped(case.chain[4]["entry_hash"])


@tampering("an entry's previous hash is flipped", "chain_hash", "chain_previous")
def _(case):
    case.chain[4]["prev_hash"] = flipped(case.chain[4]["prev_hash"])


@tampering(
    "an entry's tag is flipped",
    "chain_hash",
    "record_counts",
    "roll_turnout",
    "chain_revision",
    "ballots_missing",
    "tally_counts",
)
def _(case):
    superseded = next(row for row in case.chain if row["revision"] == 2)
    superseded["voter_tag"] = flipped(superseded["voter_tag"])


@tampering("an entry's commitment is flipped", "chain_hash", "ballots_missing", "ballots_extra")
def _(case):
    final = next(row for row in case.chain if row["commitment"] == case.tables["ballots"][0]["commitment"])
    final["commitment"] = flipped(final["commitment"])


@tampering(
    "an entry is deleted",
    "chain_position",
    "chain_previous",
    "checkpoint_entry",
    "checkpoint_missing",
    "checkpoint_order",
    "record_counts",
    "roll_turnout",
    "ballots_extra",
    "tally_counts",
)
def _(case):
    del case.chain[index_of_single_voter(case)]


@tampering(
    "an entry is deleted and the chain linked again",
    "checkpoint_entry",
    "checkpoint_missing",
    "checkpoint_order",
    "record_counts",
    "roll_turnout",
    "ballots_extra",
    "tally_counts",
)
def _(case):
    del case.chain[index_of_single_voter(case)]
    case.link_again()


@tampering("two entries change places", "chain_position", "chain_previous")
def _(case):
    case.chain[2], case.chain[3] = case.chain[3], case.chain[2]


@tampering("two entries change places and the chain is linked again", "checkpoint_entry")
def _(case):
    case.chain[2], case.chain[3] = case.chain[3], case.chain[2]
    case.link_again()


@tampering(
    "an entry is put in",
    "chain_commitment",
    "chain_revision",
    "chain_position",
    "chain_previous",
    "checkpoint_entry",
    "checkpoint_missing",
    "checkpoint_order",
    "record_counts",
)
def _(case):
    case.chain.insert(3, dict(case.chain[3]))


@tampering("a ballot is stuffed, the chain linked and all signed again", "record_roll", "roll_turnout")
def _(case):
    """The server's own attack: everything agrees but the roll, which has nobody left to vote for."""
    stuffed = ballots(random.Random(1), "tiers", case.box.codes, 1, weighted=False)[0]
    content = chain.canonical({"tiers": [list(tier) for tier in stuffed.tiers]})
    commitment = chain.commitment("MAIN", content, "a" * 64)
    case.chain.append({"contest": "MAIN", "commitment": commitment, "voter_tag": "b" * 64, "revision": 1})
    case.link_again()
    row = {"contest": "MAIN", "commitment": commitment, "nonce": "a" * 64, "ballot": json.loads(content)}
    case.tables["ballots"] = sorted([*case.tables["ballots"], row], key=lambda each: each["commitment"])
    record, blank = case.contest["record"], not stuffed.tiers
    record.update(final=record["final"] + 1, blank=record["blank"] + blank)
    record["roll"][0][1] = True
    case.contest.update(ballot_count=record["final"], blank_count=record["blank"])
    case.record_again()
    case.sign_again()
    case.tables["tallies"] = case.box.tallies(case.tables["ballots"])


@tampering(
    "the last entries are cut off",
    "checkpoint_entry",
    "checkpoint_missing",
    "checkpoint_order",
    "record_counts",
    "ballots_missing",
    "ballots_extra",
)
def _(case):
    del case.chain[-5:]


@tampering(
    "all entries are cut off",
    "checkpoint_entry",
    "checkpoint_missing",
    "checkpoint_order",
    "record_counts",
    "roll_turnout",
    "ballots_extra",
    "tally_counts",
)
def _(case):
    case.chain.clear()


# Checkpoints


@tampering("a checkpoint is forged with another key", "checkpoint_signature")
def _(case):
    right = case.tables["checkpoints"]
    case.sign_again(OTHER_SEED)
    case.tables["checkpoints"] = [*right[:1], case.tables["checkpoints"][1], *right[2:]]


@tampering("a checkpoint's time is changed", "checkpoint_signature")
def _(case):
    case.tables["checkpoints"][1]["signed_at"] = "2027-05-01T12:00:01Z"


@tampering("a checkpoint is about another entry", "checkpoint_signature", "checkpoint_entry")
def _(case):
    case.tables["checkpoints"][1]["entry_hash"] = flipped(case.tables["checkpoints"][1]["entry_hash"])


@tampering("a checkpoint is deleted", "checkpoint_missing", "checkpoint_order")
def _(case):
    del case.tables["checkpoints"][1]


@tampering("a checkpoint is deleted and the others numbered again", "checkpoint_missing")
def _(case):
    del case.tables["checkpoints"][1]
    for number, row in enumerate(case.tables["checkpoints"]):
        row["number"] = number


@tampering("the closing is deleted", "checkpoint_missing")
def _(case):
    del case.tables["checkpoints"][-1]


@tampering("checkpoints change places", "checkpoint_order")
def _(case):
    rows = case.tables["checkpoints"]
    rows[0], rows[1] = rows[1], rows[0]


@tampering("a checkpoint is put in", "checkpoint_order")
def _(case):
    rows = case.tables["checkpoints"]
    rows.append(rows[-1] | {"number": len(rows)})


@tampering("the closing seals another record", "checkpoint_record", "checkpoint_signature")
def _(case):
    case.tables["checkpoints"][-1]["record_sha256"] = "0" * 64


# The record of the close and the roll


@tampering("the record is taken out", "record_missing")
def _(case):
    case.contest["record"] = None


@tampering("the record is changed", "record_digest", "record_counts")
def _(case):
    case.contest["record"]["superseded"] += 1


@tampering("the record is changed with its digest", "record_counts", "checkpoint_record")
def _(case):
    case.contest["record"]["superseded"] += 1
    case.record_again()


@tampering("a count beside the record", "record_counts")
def _(case):
    case.contest["ballot_count"] += 1


def paper_tampering(name, paper):
    @tampering(f"the record says of paper: {name}", "record_paper", "checkpoint_record")
    def _(case):
        case.contest["record"]["paper"] = paper
        case.record_again()


paper_tampering("nothing that can be read", "some")
paper_tampering("a kind that there is not", {"entered": "many", "at_least": 0})
paper_tampering("none, and ten of them", {"entered": "none", "at_least": 10})
paper_tampering("all, and none of them", {"entered": "all", "at_least": 0})
paper_tampering("some, by a number that is not in tens", {"entered": "some", "at_least": 1})
paper_tampering("some, and more than there are", {"entered": "some", "at_least": 1_000})
paper_tampering("some, and no number", {"entered": "some", "at_least": True})
paper_tampering("a kind that is no text", {"entered": [], "at_least": 0})


@tampering("a mark on the roll is flipped", "record_roll", "roll_turnout")
def _(case):
    case.tables["roll"][0]["voted"] = not case.tables["roll"][0]["voted"]


@tampering("two marks on the roll change places", "record_roll")
def _(case):
    one, other = case.tables["roll"][0], case.tables["roll"][10]
    one["voted"], other["voted"] = other["voted"], one["voted"]


@tampering("a voter is taken off the roll", "record_roll", "roll_digest", "roll_turnout")
def _(case):
    del case.tables["roll"][10]


@tampering("a voter is put on the roll", "record_roll", "roll_digest")
def _(case):
    case.tables["roll"].append(case.tables["roll"][0] | {"organization": "org-900"})


# Ballots


@tampering("a ballot is changed", "ballot_opening")
def _(case):
    case.tables["ballots"][not_blank(case)]["ballot"] = {"tiers": [[case.box.codes[0]]]}


@tampering("a nonce is changed", "ballot_opening")
def _(case):
    case.tables["ballots"][3]["nonce"] = flipped(case.tables["ballots"][3]["nonce"])


@tampering("a ballot is deleted", "ballots_missing")
def _(case):
    del case.tables["ballots"][not_blank(case)]


@tampering("a ballot is put in", "ballots_extra", "ballot_opening")
def _(case):
    case.tables["ballots"].append(case.tables["ballots"][not_blank(case)] | {"commitment": "f" * 64})


@tampering("a ballot is there twice", "ballots_order")
def _(case):
    at = not_blank(case)
    case.tables["ballots"].insert(at, case.tables["ballots"][at])


@tampering("ballots change places", "ballots_order")
def _(case):
    rows = case.tables["ballots"]
    rows[2], rows[3] = rows[3], rows[2]


@tampering("ballots are withheld", "ballots_withheld")
def _(case):
    case.tables["ballots"] = []
    case.contest["ballots_published"] = False


@tampering("a ballot that the contest does not take", "ballot_invalid", "checkpoint_entry")
def _(case):
    """Cast past the checks: committed to and linked as if it were good."""
    row = case.tables["ballots"][not_blank(case)]
    entry = next(each for each in case.chain if each["commitment"] == row["commitment"])
    row["ballot"] = {"tiers": [[case.box.codes[0], case.box.codes[0]]]}
    row["commitment"] = chain.commitment("MAIN", chain.canonical(row["ballot"]), row["nonce"])
    entry["commitment"] = row["commitment"]
    case.tables["ballots"].sort(key=lambda each: each["commitment"])
    case.link_again()


# Results


@tampering("the deciding result is deleted", "tally_headline")
def _(case):
    case.tables["tallies"].remove(case.tally("expanding_approvals"))


@tampering("another rule is said to decide", "tally_headline")
def _(case):
    case.tally("expanding_approvals")["headline"] = False
    case.tally("borda")["headline"] = True


@tampering("a result is there twice", "tally_headline")
def _(case):
    case.tables["tallies"].append(case.tally("borda"))


@tampering("majorities are said to be measured otherwise", "tally_parameters")
def _(case):
    case.result("schulze")["parameters"]["strength"] = "winning_votes"


@pytest.mark.parametrize("rule", ["irv", "stv"])
def test_a_stage_of_the_count_that_is_changed(tmp_path, rule):
    tables = filled(random.Random(7), "ranking").close()
    result = next(row["result"] for row in tables["tallies"] if row["rule"] == rule)
    result["stages"][0]["totals"]["NG27-A001"] = "0"
    assert codes(findings(tmp_path / "b.zip", packed(tables))) == {"tally_rounds"}


@tampering("a result beside the deciding one is deleted", "tally_missing")
def _(case):
    case.tables["tallies"].remove(case.tally("schulze"))


@tampering("a result by another rule is put in", "tally_extra", "tally_parameters")
def _(case):
    case.tables["tallies"].append(case.tally("borda") | {"rule": "positional"})


@tampering("the list of rules that was frozen is cut short", "frozen_digest", "tally_extra")
def _(case):
    case.contest["frozen"]["panel"].remove({"rule": "borda", "version": "1"})


@tampering("the list of rules leaves the deciding one out", "frozen_setting")
def _(case):
    case.contest["frozen"]["panel"].remove({"rule": "expanding_approvals", "version": "1"})
    case.freeze_again()


@pytest.mark.parametrize("panel", [None, "borda", ["borda"], [{"rule": "borda"}], [{"rule": 1, "version": "1"}]])
def test_a_list_of_rules_that_is_none(case, tmp_path, panel):
    case.contest["frozen"]["panel"] = panel
    case.freeze_again()
    assert codes(findings(tmp_path / "b.zip", packed(case.tables))) == {"frozen_setting"}


@tampering("a rule beside the deciding one is said to be of another version", "tally_version")
def _(case):
    case.tally("borda")["version"] = case.result("borda")["version"] = "2"


@tampering("the deciding rule is said to be of another version", "tally_version", "tally_parameters")
def _(case):
    case.tally("expanding_approvals")["version"] = "2"


@tampering("a result of other places", "tally_parameters", "tally_selected")
def _(case):
    case.result("borda")["parameters"]["seats"] = 2


@tampering("a set that fits other minutes", "tally_parameters", "tally_rounds")
def _(case):
    parameters = case.result("equal_shares")["parameters"]
    parameters["costs"][case.box.codes[0]] = "6"


@tampering(
    "a set that fits more minutes", "tally_parameters", "tally_order", "tally_selected", "tally_scores", "tally_rounds"
)
def _(case):
    case.result("equal_shares")["parameters"]["budget"] = "400"


@tampering("ties drawn with another value", "tally_parameters")
def _(case):
    case.result("borda")["parameters"]["beacon"] = "other"


@tampering("another value breaks the ties", "tally_parameters", "tally_ties", "tally_order", "tally_rounds")
def _(case):
    case.contest["beacon"] = "other"


@tampering("the order is changed", "tally_order")
def _(case):
    case.result("borda")["order"].reverse()


@tampering("the selection is changed", "tally_selected")
def _(case):
    case.result("phragmen")["selected"].reverse()


@tampering("a score is changed by a trifle", "tally_scores")
def _(case):
    scores = case.result("expanding_approvals")["scores"]
    first = next(iter(scores))
    scores[first] = str(verifier.Fraction(scores[first]) + verifier.Fraction(1, 10**40))


@tampering("what a line says of its supporters is changed", "tally_rounds")
def _(case):
    case.result("expanding_approvals")["rounds"][0]["unserved"] += 1


@tampering("a line is cut off", "tally_rounds")
def _(case):
    case.result("phragmen")["rounds"].pop()


@tampering("a pair is changed", "tally_rounds")
def _(case):
    pairs = case.result("condorcet")["pairwise"]
    pairs[case.box.codes[0]][case.box.codes[1]] += 1


@tampering("the number of ballots counted is changed", "tally_counts")
def _(case):
    case.result("approval")["ballots"] += 1


@tampering("the digest of the ballots counted is changed", "tally_input")
def _(case):
    for row in case.tables["tallies"]:
        row["input_sha256"] = row["result"]["input_sha256"] = "0" * 64


@tampering("a draw is changed", "tally_ties")
def _(case):
    tied = next(row for row in case.tables["tallies"] if row["result"]["ties"])
    tied["result"]["ties"][0]["priorities"].reverse()


@tampering("a draw among what is no item", "tally_ties")
def _(case):
    tied = next(row for row in case.tables["tallies"] if row["result"]["ties"])
    tied["result"]["ties"][0]["items"] = [1, 2]


@tampering("the draws are taken out of a result", "tally_ties")
def _(case):
    case.result("borda")["ties"] = None


# The whole box written anew, by whoever has the key: only what somebody kept shows it.


def written_anew(case, seed=SEED):
    case.tables = filled(random.Random(8), "tiers", "named", voters=25, minutes=45, seed=seed).close()


@tampering("the whole box is written anew, and nobody kept anything")
def _(case):
    written_anew(case)


@tampering("the whole box is written anew, against a kept checkpoint", "saved_entry")
def _(case):
    case.saved = [case.box.saved(1)]
    written_anew(case)


@tampering("the whole box is written anew, against a kept receipt", "receipt_entry")
def _(case):
    case.receipts = [case.box.receipts[4]]
    written_anew(case)


@tampering("the whole box is written anew under another key", "saved_frozen", "receipt_frozen")
def _(case):
    case.saved, case.receipts = [case.box.saved(0)], [case.box.receipts[4]]
    written_anew(case, OTHER_SEED)


@tampering(
    "the end is cut off and all signed again, against the kept closing",
    "saved_entry",
    "ballots_missing",
    "ballots_extra",
    "record_counts",
)
def _(case):
    case.saved = [case.box.saved(-1)]
    del case.chain[-5:]
    case.sign_again()


@tampering("ballots are added after the close and all signed again", "saved_entry")
def _(case):
    late = filled(random.Random(7), "tiers", "named", voters=25, minutes=45)
    case.saved = [case.box.saved(-1)]
    late.cast("org-002", ballots(random.Random(2), "tiers", late.codes, 1, weighted=False)[0])
    case.tables = late.close()


@tampering("another record is signed, against the kept closing", "saved_record", "record_roll")
def _(case):
    case.saved = [case.box.saved(-1)]
    roll = case.contest["record"]["roll"]
    roll[0][1], roll[10][1] = roll[10][1], roll[0][1]
    case.record_again()
    case.sign_again()


@tampering("a kept checkpoint was changed", "saved_signature")
def _(case):
    case.saved = [case.box.saved(1) | {"position": 9}]


@tampering("a kept checkpoint of another contest", "saved_contest")
def _(case):
    case.saved = [case.box.saved(1) | {"contest": "OTHER"}]


@tampering("a kept file that is no checkpoint", "saved_shape", "receipt_shape")
def _(case):
    case.saved, case.receipts = [case.box.receipts[0]], [case.box.saved(1)]


@tampering("a kept receipt was changed", "receipt_signature")
def _(case):
    case.receipts = [case.box.receipts[4] | {"commitment": "0" * 64}]


@tampering("a receipt claims another revision", "receipt_entry")
def _(case):
    case.receipts = [case.box.receipts[4] | {"revision": 9}]


@tampering("a kept receipt of another contest", "receipt_contest")
def _(case):
    case.receipts = [case.box.receipts[4] | {"contest": "OTHER"}]


@tampering("a ballot with a kept receipt is left out", "receipt_ballot", "ballots_missing")
def _(case):
    row = case.tables["ballots"].pop(not_blank(case))
    case.receipts = [each for each in case.box.receipts if each["commitment"] == row["commitment"]]


def flipped(digest):
    return f"{int(digest[0], 16) ^ 1:x}{digest[1:]}"


def not_blank(case):
    return next(at for at, row in enumerate(case.tables["ballots"]) if row["ballot"]["tiers"])


def index_of_single_voter(case):
    """Where in the chain somebody stands who voted once, so that nothing but this ballot is missing."""
    tags = [row["voter_tag"] for row in case.chain]
    return next(at for at, tag in enumerate(tags) if tags.count(tag) == 1)


@pytest.mark.parametrize("name", TAMPERING)
def test_tampering_is_found(name, case, tmp_path):
    tamper, expected = TAMPERING[name]
    tamper(case)
    report = findings(tmp_path / "b.zip", packed(case.tables), case.saved, case.receipts)
    assert codes(report) == expected


# Other boxes: without a roll, and below the threshold of publication


def test_a_roll_beside_a_contest_that_claims_none(tmp_path):
    tables = filled(random.Random(7), "ranking", "no_roll").close()
    tables["roll"] = [{"contest": "MAIN", "organization": "org-001", "name": None, "voted": True}]
    assert codes(findings(tmp_path / "b.zip", packed(tables))) == {"roll_digest"}


def test_a_ballot_among_those_that_stay_with_auditors(tmp_path):
    box = filled(random.Random(7), published_from=100)
    tables = box.close()
    commitment = tables["chain"][-1]["commitment"]
    content, nonce = box.contents[commitment]
    row = {"contest": "MAIN", "commitment": commitment, "nonce": nonce, "ballot": json.loads(content)}
    tables["ballots"] = [row]
    assert codes(findings(tmp_path / "b.zip", packed(tables))) == {"ballots_extra"}


@pytest.mark.parametrize("inside", [True, False])
def test_results_of_different_ballots_below_the_threshold(inside, tmp_path):
    """Where nothing can be counted again, all results at least are of the same ballots."""
    tables = filled(random.Random(7), published_from=100).close()
    (tables["tallies"][2]["result"] if inside else tables["tallies"][2])["input_sha256"] = "0" * 64
    assert codes(findings(tmp_path / "b.zip", packed(tables))) == {"tally_input"}


# The manifest: what happens to a bundle that nobody wrote a new manifest for.

DAMAGED = {
    "a file is changed": (lambda files: files.update({"README.txt": b"read me."}), "manifest_digest"),
    "a file is deleted": (lambda files: files.pop("README.txt"), "manifest_missing"),
    "a file is put in": (lambda files: files.update({"more.txt": b""}), "manifest_unlisted"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_damage_is_found(name, case, tmp_path):
    change, code = DAMAGED[name]
    report = findings(tmp_path / "b.zip", packed(case.tables, change=change, again=False))
    assert codes(report) == {code}


def test_a_table_of_another_length_than_told(case, tmp_path):
    def cut(files):
        files["json/tallies.json"] = json.dumps(case.tables["tallies"][:-1]).encode()

    assert "manifest_rows" in codes(findings(tmp_path / "b.zip", packed(case.tables, change=cut)))


def test_every_code_has_a_kind_of_tampering_that_is_found_by_it():
    found = set().union(*(expected for _tamper, expected in TAMPERING.values()))
    found |= {code for _change, code in DAMAGED.values()} | {"manifest_rows"}
    around = {"title", "digest", "files", "contest", "more", "proved", "not_proved"}
    unreadable = {"cannot_open", "not_a_zip", "no_bundle", "too_many_files", "file_twice", "odd_entry", "too_large"}
    told = {"no_contest", "unsigned", "roll_none", "ballots_with_auditors", "tally_unknown", "tally_too_long"}
    told |= {"beacon", "bad_json"}
    holds = {code for code in verifier.WORDS if code.endswith("_ok")} | {"receipt_superseded", "receipt_unpublished"}
    marks = {code for code in verifier.WORDS if code.startswith(("mark_", "result_"))}
    assert found == set(verifier.WORDS) - around - unreadable - told - holds - marks

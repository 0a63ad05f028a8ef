import pytest

from consultation.proposals.differences import Change, changes
from consultation.proposals.rules import (
    Fault,
    InvalidProposal,
    ProposalText,
    Source,
    checked,
    fold,
    searchable,
    tidy,
)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("École d’été", "ecole d ete"),
        ("NG27-042", "ng27 042"),
        ("ŒUVRE niñez STRASSE", "oeuvre ninez strasse"),
        ("Straße", "strasse"),
        ("a_b*(c) AND \"d\" & 'e':*", "a b c and d e"),
        ("ᐃᓄᒃᑎᑐᑦ", "ᐃᓄᒃᑎᑐᑦ"),
        ("  \n ", ""),
    ],
)
def test_fold(text, folded):
    assert fold(text) == folded


def test_fold_is_the_same_for_composed_and_decomposed_letters():
    assert fold("e\u0301te\u0301") == fold("été") == "ete"


def test_tidy_removes_what_no_database_holds():
    assert tidy(" a\x00b\r\nc\ud800 \x1b[0m\t") == "ab\nc [0m"


def test_searchable_holds_code_and_every_text():
    assert searchable("NG27-001", [ProposalText("Été", "b"), ProposalText("Summer")]) == "ng27 001 ete b summer"


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        (ProposalText(" \n "), (Fault.TITLE_MISSING,)),
        (ProposalText("t" * 201), (Fault.TITLE_TOO_LONG,)),
        (ProposalText("t", "b" * 20_001, "e" * 20_001, "r" * 20_001),
         (Fault.BARRIER_TOO_LONG, Fault.EVIDENCE_TOO_LONG, Fault.REMEDY_TOO_LONG)),
    ],
)  # fmt: skip
def test_limits_have_stable_codes(text, faults):
    with pytest.raises(InvalidProposal) as caught:
        checked(text, (), "en", imported=False)
    assert caught.value.faults == faults


def test_at_the_limits_a_text_is_good_and_imports_may_be_longer():
    text = ProposalText("t" * 200, "b" * 20_000, "e" * 20_000, "r" * 20_000)
    assert checked(text, (), "fr-CA", imported=False) == (text, ())
    long = ProposalText("t" * 300)
    assert checked(long, (), "und", imported=True) == (long, ())


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        (Source("", url="https://example.org"), Fault.SOURCE_TITLE_MISSING),
        (Source("t", url="javascript:alert(1)"), Fault.SOURCE_URL_INVALID),
        (Source("t", url="https://example.org/\" onclick=\"x"), Fault.SOURCE_URL_INVALID),
        (Source("t", publisher="p" * 501), Fault.SOURCE_TOO_LONG),
    ],
)  # fmt: skip
def test_sources_are_checked(source, fault):
    with pytest.raises(InvalidProposal) as caught:
        checked(ProposalText("t"), [source], "en", imported=False)
    assert caught.value.faults == (fault,)


@pytest.mark.parametrize("language", ["", "EN", "x", "en_US", "en;drop"])
def test_language_is_a_tag(language):
    with pytest.raises(InvalidProposal) as caught:
        checked(ProposalText("t"), (), language, imported=False)
    assert caught.value.faults == (Fault.LANGUAGE_UNKNOWN,)


def test_changes_are_words():
    assert changes("Fund the shelters now.", "Fund all shelters now, please.") == (
        (Change.SAME, "Fund "),
        (Change.REMOVED, "the"),
        (Change.ADDED, "all"),
        (Change.SAME, " shelters now"),
        (Change.ADDED, ", please"),
        (Change.SAME, "."),
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [("", "a b"), ("a b", ""), ("", ""), ("a a a", "a a"), ("x " * 3000, "y " * 3000), ("é ñ\n\nb", "é n\nb c")],
)
def test_changes_give_both_texts_back(old, new):
    pieces = changes(old, new)
    assert "".join(piece for change, piece in pieces if change != Change.ADDED) == old
    assert "".join(piece for change, piece in pieces if change != Change.REMOVED) == new


def test_a_title_keeps_the_spaces_that_must_not_break():
    assert ProposalText(" Logement\u00a0:\n agir  maintenant ").tidied().title == "Logement\u00a0: agir maintenant"

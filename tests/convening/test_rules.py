"""Shapes of addresses and prefixes, dates in a zone, and where a phase stands, to the second."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from consultation.convening.rules import (
    Problem,
    Standing,
    Unusable,
    check_code,
    check_prefix,
    check_slug,
    check_window,
    check_zone,
    fold,
    last_day,
    next_phase,
    open_phases,
    prefix_from,
    read_moment,
    standing,
)
from consultation.convening.states import PhaseName

TORONTO = ZoneInfo("America/Toronto")
NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@dataclass
class Window:
    name: PhaseName = PhaseName.PROPOSE
    opens_at: datetime | None = None
    closes_at: datetime | None = None


def problem_of(check, *arguments) -> tuple[str, Problem] | None:
    try:
        check(*arguments)
    except Unusable as error:
        return error.field, error.problem
    return None


@pytest.mark.parametrize("slug", ["a", "national-gathering-2027", "2027", "a" * 60])
def test_an_address_takes_small_letters_digits_and_single_hyphens(slug):
    assert problem_of(check_slug, slug) is None


@pytest.mark.parametrize("slug", ["", "A", "a--b", "-a", "a-", "é", "a b", "a/b", "a\n", "a" * 61])
def test_another_shape_of_address_is_refused(slug):
    assert problem_of(check_slug, slug) == ("slug", Problem.SLUG_SHAPE)


@pytest.mark.parametrize("prefix", ["NG", "NG27", "A1234567"])
def test_a_prefix_begins_with_a_letter(prefix):
    assert problem_of(check_prefix, prefix) is None


@pytest.mark.parametrize("prefix", ["", "N", "ng27", "27NG", "N-G", "A12345678", "NG27\n", "ÉA"])
def test_another_shape_of_prefix_is_refused(prefix):
    assert problem_of(check_prefix, prefix) == ("prefix", Problem.PREFIX_SHAPE)


@pytest.mark.parametrize("code", ["T9", "CA-x-inuit", "a_b"])
def test_codes_of_terms(code):
    assert problem_of(check_code, code) is None
    assert problem_of(check_code, f"{code} ") == ("code", Problem.CODE_SHAPE)


def test_zones_are_those_of_the_iana_list():
    assert check_zone("America/Toronto") == TORONTO
    assert [problem_of(check_zone, name) for name in ("Mars/Base", "", "../etc/passwd")] == [
        ("zone", Problem.ZONE_UNKNOWN)
    ] * 3


@pytest.mark.parametrize(
    ("slug", "prefix"),
    [
        ("national-gathering-2027", "NG27"),
        ("sample", "SAMP"),
        ("2027", "C2027"),
        ("a", "CA"),
        ("a-b-c-d-e-f-g-h-i-j", "ABCDEFGH"),
    ],
)
def test_a_prefix_is_made_of_the_address(slug, prefix):
    assert prefix_from(slug) == prefix
    check_prefix(prefix_from(slug))


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2027-03-01", datetime(2027, 3, 1, 5, tzinfo=UTC)),
        ("2027-07-01", datetime(2027, 7, 1, 4, tzinfo=UTC)),
        ("2027-03-01T09:30", datetime(2027, 3, 1, 14, 30, tzinfo=UTC)),
        ("2027-03-01 09:30:15", datetime(2027, 3, 1, 14, 30, 15, tzinfo=UTC)),
        ("2027-03-01T09:30+00:00", datetime(2027, 3, 1, 9, 30, tzinfo=UTC)),
        ("2027-03-01T09:30Z", datetime(2027, 3, 1, 9, 30, tzinfo=UTC)),
    ],
)
def test_dates_are_read_in_the_consultations_zone(text, instant):
    assert read_moment(text, TORONTO) == instant


@pytest.mark.parametrize("text", ["", "tomorrow", "2027-02-30", "01/03/2027", "2027-03-01T25:00"])
def test_other_dates_are_refused(text):
    assert problem_of(read_moment, text, TORONTO) == ("date", Problem.DATE_SHAPE)


@pytest.mark.parametrize("text", ["2027-03-14T02:30", "2027-11-07T01:30"])
def test_a_time_that_comes_never_or_twice_is_refused(text):
    assert problem_of(read_moment, text, TORONTO) == ("date", Problem.DATE_TWICE_OR_NEVER)


def test_a_window_closes_after_it_opens():
    assert problem_of(check_window, None, None) is None
    assert problem_of(check_window, NOON, None) is None
    assert problem_of(check_window, NOON, NOON + SECOND) is None
    assert problem_of(check_window, None, NOON) == ("opens", Problem.CLOSES_WITHOUT_OPENING)
    assert problem_of(check_window, NOON, NOON) == ("closes", Problem.CLOSES_TOO_EARLY)


@pytest.mark.parametrize(
    ("opens", "closes", "expected"),
    [
        (None, None, Standing.UNDATED),
        (NOON + SECOND, None, Standing.PLANNED),
        (NOON, None, Standing.OPEN),
        (NOON, NOON + SECOND, Standing.OPEN),
        (NOON - SECOND, NOON, Standing.OVER),
        (NOON - 2 * SECOND, NOON - SECOND, Standing.OVER),
    ],
)
def test_a_phase_is_open_at_its_first_instant_and_over_at_its_last(opens, closes, expected):
    assert standing(Window(opens_at=opens, closes_at=closes), NOON) is expected


def test_open_and_next_phases():
    propose = Window(PhaseName.PROPOSE, NOON - SECOND, NOON + SECOND)
    discuss = Window(PhaseName.DISCUSS, NOON, None)
    rank = Window(PhaseName.RANK, NOON + 9 * SECOND, None)
    curate = Window(PhaseName.CURATE, NOON + 5 * SECOND, None)
    draft = Window(PhaseName.DRAFT)
    phases = [propose, discuss, rank, curate, draft]
    assert open_phases(phases, NOON) == [propose, discuss]
    assert next_phase(phases, NOON) is curate
    assert next_phase([draft, propose], NOON) is None


def test_the_last_day_of_what_closes_at_midnight_is_the_day_before():
    assert last_day(read_moment("2027-04-01", TORONTO), TORONTO) == date(2027, 3, 31)
    assert last_day(read_moment("2027-04-01T00:01", TORONTO), TORONTO) == date(2027, 4, 1)


def test_folding_ignores_case_accents_and_spaces():
    assert fold("  Équité \u00a0en SANTÉ ") == "equite en sante"


def test_a_word_that_stands_under_organize_is_no_short_address():
    with pytest.raises(Unusable) as refused:
        check_slug("people")
    assert refused.value.problem is Problem.SLUG_TAKEN

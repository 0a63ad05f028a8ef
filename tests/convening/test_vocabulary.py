"""The vocabulary as values: what finds a term, and how long what was read is kept."""

import uuid

import pytest

from consultation.convening.operations import add_term, rename_term, retire_term
from consultation.convening.queries import term_by_code
from consultation.convening.states import TermKind
from consultation.convening.vocabulary import LIFETIME_SECONDS, vocabulary
from consultation.kernel.afterwards import take
from consultation.kernel.orm import Trilingual
from consultation.kernel.permissions import OPERATOR
from tests.factories import NOW

LABEL = Trilingual("Faith", "Foi", "Fe")


@pytest.fixture
def loaded(session):
    commit(session)
    return session


def commit(session):
    """What the application does at the end of a write."""
    session.commit()
    for action in take(session):
        action()


@pytest.mark.parametrize(
    ("kind", "given", "code"),
    [
        (TermKind.THEME, "T4", "T4"),
        (TermKind.THEME, " t4 ", "T4"),
        (TermKind.THEME, "justice SYSTEM", "T4"),
        (TermKind.THEME, "protection des droits", "T2"),
        (TermKind.THEME, "protection-of-rights", "T2"),
        (TermKind.SECTOR, "Sante", "health"),
        (TermKind.SECTOR, "salud", "health"),
        (TermKind.JURISDICTION, "quebec", "CA-QC"),
        (TermKind.INSTRUMENT, "DUDH", "udhr"),
    ],
)
def test_a_code_or_a_label_in_any_language_finds_the_term(loaded, kind, given, code):
    assert vocabulary(loaded).by_code(kind, given).code == code


def test_what_is_unknown_of_another_kind_or_ambiguous_finds_nothing(loaded):
    words = vocabulary(loaded)
    assert words.by_code(TermKind.THEME, "health") is None
    assert words.by_code(TermKind.THEME, "") is None
    assert words.by_code(TermKind.JURISDICTION, "nowhere") is None
    for code, place in (("x-one", "CA-QC"), ("x-two", "CA-ON")):
        term = add_term(loaded, TermKind.JURISDICTION, code=code, label=LABEL, actor=OPERATOR, now=NOW)
        term.parent_id = term_by_code(loaded, TermKind.JURISDICTION, place).id
    loaded.flush()
    assert vocabulary(loaded).by_code(TermKind.JURISDICTION, "Faith") is None


def test_terms_carry_labels_and_short_labels(loaded):
    words = vocabulary(loaded)
    assert [theme.code for theme in words.themes] == [f"T{number}" for number in range(1, 9)]
    theme = words.themes[3]
    assert (theme.short["en"], words.by_id(theme.id), theme.retired) == ("Justice system", theme, False)
    sector = words.of(TermKind.SECTOR)[0]
    assert sector.short == sector.label
    assert (words.by_id(None), words.by_id(uuid.uuid4())) == (None, None)


def test_a_retired_term_is_offered_no_more_and_still_found_by_its_id(loaded):
    term = term_by_code(loaded, TermKind.SECTOR, "sport")
    retire_term(loaded, term, actor=OPERATOR, now=NOW)
    words = vocabulary(loaded)
    assert "sport" not in [offered.code for offered in words.of(TermKind.SECTOR)]
    assert words.by_code(TermKind.SECTOR, "sport") is None
    assert (words.by_id(term.id).code, words.by_id(term.id).retired) == ("sport", True)


def test_it_is_read_once_and_again_after_its_lifetime(loaded, count_queries):
    instant = [1000.0]
    with count_queries() as queries:
        for moved in (0, LIFETIME_SECONDS, 0.1, 0):
            instant[0] += moved
            vocabulary(loaded, monotonic=lambda: instant[0])
    assert len(queries) == 2


def test_an_edit_is_seen_at_once_by_its_session_and_by_others_after_the_commit(loaded, engine):
    from sqlalchemy.orm import Session

    term = term_by_code(loaded, TermKind.SECTOR, "sport")
    with Session(engine) as other:
        before = vocabulary(other).by_id(term.id).label
    rename_term(loaded, term, label=LABEL, actor=OPERATOR, now=NOW)
    assert vocabulary(loaded).by_id(term.id).label == LABEL
    with Session(engine) as other:
        assert vocabulary(other).by_id(term.id).label == before
    commit(loaded)
    with Session(engine) as other:
        assert vocabulary(other).by_id(term.id).label == LABEL


def test_two_databases_have_two_vocabularies(loaded, tmp_path):
    from sqlalchemy.orm import Session

    from consultation.kernel import migrations

    url = f"sqlite:///{tmp_path}/other.sqlite"
    migrations.upgrade(url)
    engine = migrations.open_engine(url)
    with Session(engine) as other:
        assert (len(vocabulary(loaded).themes), len(vocabulary(other).themes)) == (8, 0)
    engine.dispose()

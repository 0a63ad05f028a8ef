import random

import pytest
from sqlalchemy import update

from consultation.convening.states import TermKind
from consultation.kernel.permissions import OPERATOR
from consultation.proposals.listing import Filters, Sort, count, listing
from consultation.proposals.models import Proposal
from consultation.proposals.operations import submit
from consultation.proposals.rules import ProposalText
from consultation.proposals.search import words
from consultation.proposals.states import ProposalState
from consultation.web.pagination import BadCursor, encode
from tests.factories import NOW, make_proposal


def found(session, world, text="", **more):
    filters = Filters(text=text, **more)
    page = listing(session, world.consultation.id, filters, sort=Sort.OLDEST, language="en")
    assert count(session, world.consultation.id, filters) == len(page.rows)
    return [row.code for row in page.rows]


@pytest.fixture
def texts(session, world):
    """NG27-001 in French, 002 in Spanish, 003 in English, 004 not public."""
    make_proposal(session, world.consultation, title="Créer une école d’été", language="fr", published=True)
    make_proposal(session, world.consultation, title="Escuela de verano para niñas", language="es", published=True)
    make_proposal(session, world.consultation, title="Summer schools and O'Brien's anti-racism data", published=True)
    make_proposal(session, world.consultation, title="Summer schools that wait")
    session.commit()


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("ecole", ["NG27-001"]),
        ("ÉCOLE ÉTÉ", ["NG27-001"]),
        ("e\u0301cole", ["NG27-001"]),
        ("esc ninas", ["NG27-002"]),
        ("sum", ["NG27-003"]),
        ("summer schools", ["NG27-003"]),
        ("schools summer", ["NG27-003"]),
        ("summer winter", []),
        ("chools", []),
        ("anti-racism", ["NG27-003"]),
        ("o'brien's", ["NG27-003"]),
        ("NG27-002", ["NG27-002"]),
        ("ng27-00", ["NG27-001", "NG27-002", "NG27-003"]),
        ("standard", ["NG27-001", "NG27-002", "NG27-003"]),
        ("summer OR escuela", []),
        ("summer AND schools", ["NG27-003"]),
        ("NOT summer", []),
        ("summer*", ["NG27-003"]),
        ("summer & !schools | (data) <-> :*", ["NG27-003"]),
        ('"summer" NEAR(', []),
        ("search_text: summer", []),
        ("'; DROP TABLE proposal; --", []),
        ('^summer \\ \' ""', ["NG27-003"]),
        ("!!! ???", []),
        ("x" * 5000, []),
    ],
)
def test_search(session, world, texts, text, codes):
    if "and" in words(text):
        codes = codes if text == "summer AND schools" else []
    assert found(session, world, text) == codes


def test_a_changed_text_is_found_anew(session, world, texts):
    from consultation.proposals.operations import amend
    from consultation.proposals.queries import proposal_by_code

    proposal = proposal_by_code(session, "NG27-003", actor=OPERATOR)
    amend(session, proposal, text=ProposalText("Winter camps"), actor=OPERATOR, now=NOW)
    assert found(session, world, "summer") == []
    assert found(session, world, "winter") == ["NG27-003"]


def test_filters(session, world):
    theme, other = (term.id for term in world.terms.themes[:2])
    issue, sector = world.terms.of(TermKind.ISSUE)[0].id, world.terms.of(TermKind.SECTOR)[0].id
    make_proposal(session, world.consultation, theme_id=theme, term_ids=[issue, sector], published=True)
    make_proposal(session, world.consultation, theme_id=theme, term_ids=[issue], language="fr", published=True)
    third = make_proposal(session, world.consultation, theme_id=other, published=True)
    session.execute(update(Proposal).where(Proposal.id == third.id).values(state=ProposalState.PLACED))
    assert found(session, world, theme_id=theme) == ["NG27-001", "NG27-002"]
    assert found(session, world, term_ids=(issue,)) == ["NG27-001", "NG27-002"]
    assert found(session, world, term_ids=(issue, sector)) == ["NG27-001"]
    assert found(session, world, theme_id=theme, language="fr") == ["NG27-002"]
    assert found(session, world, state=ProposalState.PLACED) == ["NG27-003"]
    assert found(session, world, state=ProposalState.PUBLISHED) == ["NG27-001", "NG27-002"]
    assert found(session, world, state=ProposalState.SUBMITTED) == ["NG27-001", "NG27-002", "NG27-003"]


@pytest.fixture
def many(session, world):
    """47 public proposals, full of ties, in both public states; their ids by code."""
    chance = random.Random(7)
    made = [make_proposal(session, world.consultation, published=True) for _ in range(47)]
    for proposal in made:
        proposal.endorsement_count = chance.randrange(3)
        proposal.comment_count = chance.randrange(2)
        if chance.random() < 0.4:
            proposal.state = ProposalState.PLACED
    session.commit()
    return made


@pytest.mark.parametrize("start", [0, 5_000, 9_999])
@pytest.mark.parametrize("sort", list(Sort))
def test_pages_lose_and_repeat_nothing(session, world, many, sort, start):
    read, after = [], None
    for _ in range(20):
        page = listing(
            session, world.consultation.id, Filters(), sort=sort, language="fr", after=after, start=start, size=5
        )
        read += [row.id for row in page.rows]
        after = page.next_cursor
        if after is None:
            break
    point = start * (2**62 // 10_000)
    key = {
        Sort.NEWEST: lambda p: (-p.published_at.timestamp(), -p.id.int),
        Sort.OLDEST: lambda p: (p.published_at.timestamp(), p.id.int),
        Sort.ENDORSED: lambda p: (-p.endorsement_count, -p.id.int),
        Sort.DISCUSSED: lambda p: (-p.comment_count, -p.id.int),
        Sort.FAIR: lambda p: (p.shuffle < point, p.shuffle),
    }[sort]
    assert read == [proposal.id for proposal in sorted(many, key=key)]


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "",
        encode(["newest", 0, 0, "00"]),
        encode(["oldest", 0, 0, "0" * 32]),
        encode(["newest", 9, 0, "0" * 32]),
        encode(["newest", 0, 10**30, "0" * 32]),
        encode(["newest", 0, "0", "0" * 32]),
    ],
)
def test_a_cursor_of_somebody_else_is_refused(session, world, cursor):
    with pytest.raises(BadCursor):
        listing(session, world.consultation.id, Filters(), sort=Sort.NEWEST, language="en", after=cursor)


def test_another_consultation_is_not_listed(session, world):
    from tests.factories import make_consultation

    other = make_consultation(session, "other", prefix="OT27")
    submit(session, other, text=ProposalText("x"), language="en", actor=OPERATOR, now=NOW)
    make_proposal(session, other, published=True)
    assert found(session, world) == []

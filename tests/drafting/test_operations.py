"""From a published result to a working draft, to frozen releases, to the pages that show them."""

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DatabaseError

from consultation.convening.queries import consultation_by_slug
from consultation.drafting.export import FORMATS, check
from consultation.drafting.models import Placement, Release, Section
from consultation.drafting.operations import (
    DepartureNeedsReason,
    NotFinal,
    NothingToRelease,
    draft_agenda,
    place,
    release,
)
from consultation.drafting.queries import draft_of
from consultation.kernel.permissions import ANONYMOUS, OPERATOR, Denied, Reason
from consultation.proposals.models import Proposal
from consultation.voting.operations import close_contest, import_ballots, publish_contest, tally_contest
from consultation.voting.states import ContestKind, Secrecy
from consultation.voting.tally import BallotRow
from tests.voting.factories import commit, make_consultation, make_contest, make_items, make_organization, make_proposal

BASE = "http://127.0.0.1:8000"


@pytest.fixture
def consultation(session, clock):
    made = make_consultation(session, clock.now())
    make_items(session, made, clock.now(), 4)
    commit(session)
    return consultation_by_slug(session, made.slug)


@pytest.fixture
def contest(session, clock, consultation):
    """Three of four items, shortlisted by paper ballots: the third leads, then the first, then the second."""
    now = clock.now()
    made = make_contest(session, consultation, now, kind=ContestKind.SHORTLIST, secrecy=Secrecy.NO_ROLL, places=3)
    third, first, second = (f"NG27-A{number:03d}" for number in (3, 1, 2))
    marks = {
        "a": (third,),
        "b": (third,),
        "c": (third, first),
        "d": (first,),
        "e": (second,),
        "f": (first,),
        "g": (third,),
    }
    ballots = {voter: BallotRow((tuple(sorted(items)),)) for voter, items in marks.items()}
    import_ballots(session, made, ballots, actor=OPERATOR, now=now)
    close_contest(session, made, actor=OPERATOR, now=now)
    tally_contest(session, made, beacon="", actor=OPERATOR, now=now)
    commit(session)
    return made


@pytest.fixture
def published(session, clock, contest):
    publish_contest(session, contest, actor=OPERATOR, now=clock.now())
    commit(session)
    return contest


def _release(session, clock, consultation, *, final=False):
    edition = release(session, consultation, final=final, base_url=BASE, actor=OPERATOR, now=clock.now())
    commit(session)
    return edition


def test_an_unpublished_result_makes_no_agenda(session, clock, consultation, contest):
    with pytest.raises(Denied) as refusal:
        draft_agenda(session, consultation, contest, actor=OPERATOR, now=clock.now())
    assert refusal.value.decision.reason == Reason.STATE


def test_nobody_else_drafts_or_releases(session, clock, consultation, published):
    with pytest.raises(Denied):
        draft_agenda(session, consultation, published, actor=ANONYMOUS, now=clock.now())
    with pytest.raises(Denied):
        release(session, consultation, final=False, base_url=BASE, actor=ANONYMOUS, now=clock.now())


def test_the_draft_follows_the_tally(session, clock, consultation, published):
    draft_agenda(session, consultation, published, actor=OPERATOR, now=clock.now())
    commit(session)
    rows = session.execute(
        select(Placement.number, Placement.tally_rank, Placement.position).order_by(Placement.number)
    ).all()
    assert [tuple(row) for row in rows] == [(1, 1, 1), (2, 2, 2), (3, 3, 3)]


def test_drafting_again_replaces_the_draft(session, clock, consultation, published):
    for _ in range(2):
        draft_agenda(session, consultation, published, actor=OPERATOR, now=clock.now())
        commit(session)
    assert len(session.scalars(select(Placement)).all()) == 3


def test_nothing_to_release_without_a_draft(session, clock, consultation, published):
    with pytest.raises(NothingToRelease):
        release(session, consultation, final=False, base_url=BASE, actor=OPERATOR, now=clock.now())


def test_a_release_is_frozen_numbered_and_exportable(session, clock, consultation, published):
    draft_agenda(session, consultation, published, actor=OPERATOR, now=clock.now())
    editions = [_release(session, clock, consultation) for _ in range(2)]
    assert [edition.number for edition in editions] == ["0.1", "0.2"]
    snapshot = editions[1].snapshot
    assert check(snapshot) == []
    items = [item for section in snapshot["sections"] for item in section["items"]]
    assert [(item["code"], item["rank"], item["support"]["supporters"]) for item in items] == [
        ("NG27-A003", 1, 4),
        ("NG27-A001", 2, 3),
        ("NG27-A002", 3, 1),
    ]
    assert snapshot["changes"] == {"since": "0.1", "entries": []}
    assert [entry["disposition"] for entry in snapshot["annexes"]["concordance"]] == [
        "in_agenda",
        "in_agenda",
        "in_agenda",
        "ranked_not_placed",
    ]
    with pytest.raises(DatabaseError):
        session.execute(text("UPDATE release SET number = '9.9'"))
    session.rollback()


def test_a_departure_needs_a_reason_and_carries_it(session, clock, consultation, published):
    draft_agenda(session, consultation, published, actor=OPERATOR, now=clock.now())
    _release(session, clock, consultation)
    draft = draft_of(session, consultation.id)
    section: Section = draft.sections[0]
    last = section.placements[-1]
    with pytest.raises(DepartureNeedsReason):
        place(session, last, section, position=1, reason="  ", actor=OPERATOR, now=clock.now())
    place(session, last, section, position=1, reason="Its guests leave early.", actor=OPERATOR, now=clock.now())
    commit(session)
    session.expire_all()
    snapshot = _release(session, clock, consultation_by_slug(session, consultation.slug)).snapshot
    assert [item["number"] for part in snapshot["sections"] for item in part["items"]] == [3, 1, 2]
    assert [entry["item"] for entry in snapshot["method"]["departures"]] == ["NG27-A002"]
    assert {entry["kind"] for entry in snapshot["changes"]["entries"]} == {"moved"}


def test_a_final_release_waits_for_every_published_proposal(session, clock, consultation, published):
    draft_agenda(session, consultation, published, actor=OPERATOR, now=clock.now())
    late = make_proposal(session, consultation, clock.now())
    commit(session)
    with pytest.raises(NotFinal) as refusal:
        release(session, consultation, final=True, base_url=BASE, actor=OPERATOR, now=clock.now())
    assert refusal.value.codes == [late.code]


def test_a_protected_organization_is_never_named(session, clock, consultation, published):
    organization = make_organization(session, clock.now(), "SHELTER")
    organization.protected = True
    session.execute(update(Proposal).values(organization_id=organization.id))
    draft_agenda(session, consultation, published, actor=OPERATOR, now=clock.now())
    snapshot = _release(session, clock, consultation).snapshot
    assert organization.name not in str(snapshot)
    assert snapshot["annexes"]["participants"][0]["organization"]["label"]["en"] == "Protected organization SHELTER"


def test_pages_and_downloads(client, session, clock, consultation, published, count_queries):
    address = f"/consultations/{consultation.slug}/agenda"
    empty = {lang: client.get(f"/{lang}{address}").text for lang in ("en", "fr", "es")}
    assert "has not been released yet" in empty["en"]
    assert "n’est pas encore diffusé" in empty["fr"]
    draft_agenda(session, consultation, published, actor=OPERATOR, now=clock.now())
    clock.advance(microseconds=123456)  # as real clocks read
    _release(session, clock, consultation)
    with count_queries() as queries:
        page = client.get(f"/es{address}")
    assert page.status_code == 200
    assert len(queries) <= 4
    assert "NG27-A003" in page.text
    addresses = session.scalars(select(Release)).one().snapshot["meta"]["addresses"]
    assert addresses == {lang: f"{BASE}/{lang}{address}/releases/0.1" for lang in ("en", "fr", "es")}
    for lang, cited in addresses.items():
        edition = client.get(cited.removeprefix(BASE))
        assert (edition.status_code, edition.text.count(cited) >= 2) == (200, True)
        assert cited in client.get(f"/{lang}{address}/releases/0.1/md").text
    assert client.get(f"/en{address}/releases/7.7").status_code == 404
    assert client.get(f"/en{address}/releases/0.1/exe").status_code == 404
    for name, wanted in FORMATS.items():
        answer = client.get(f"/fr{address}/releases/0.1/{name}")
        assert (answer.status_code, answer.mimetype) == (200, wanted.media_type.partition(";")[0])
    assert session.scalars(select(Release.number)).all() == ["0.1"]


def test_a_reader_sees_what_changed_where_it_came_from_and_that_there_is_a_newer_version(
    client, session, clock, consultation, published
):
    draft_agenda(session, consultation, published, actor=OPERATOR, now=clock.now())
    _release(session, clock, consultation)
    section = draft_of(session, consultation.id).sections[0]
    place(session, section.placements[-1], section, position=1, reason="It is urgent.", actor=OPERATOR, now=clock.now())
    commit(session)
    session.expire_all()
    newest = _release(session, clock, consultation_by_slug(session, consultation.slug))
    address = f"/en/consultations/{consultation.slug}/agenda"
    page, old = (" ".join(client.get(path).text.split()) for path in (address, f"{address}/releases/0.1"))
    assert "Since version 0.1: 3 items moved" in page
    assert ("There is a newer version" in page, "There is a newer version" in old) == (False, True)
    assert "Since version" not in old
    item = newest.snapshot["sections"][0]["items"][0]
    behind = page.partition(f'id="item-{item["code"]}"')[2].partition("</article>")[0]
    folded = behind.partition("<details")[2]
    assert f'href="/en/proposals/{item["provenance"][0]["proposal"]}"' in folded
    assert f'href="/en/items/{item["code"]}"' in folded
    assert newest.snapshot["annexes"]["citation"]["en"] in page
    assert {name for name in FORMATS if f'href="{address}/releases/0.2/{name}"' in page} == set(FORMATS)
    contents = page.partition('class="contents"')[2].partition("</nav>")[0]
    assert contents.count('href="#item-') == 3

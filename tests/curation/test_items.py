"""Items made of proposals: numbers, provenance, pages and the command, on both databases."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from consultation.curation.models import AgendaItem, Provenance
from consultation.curation.operations import admit
from consultation.curation.queries import item_by_code, items
from consultation.curation.states import ConsentState, ItemState
from consultation.kernel.moves import WrongState
from consultation.kernel.orm import intending_to_write
from consultation.kernel.outbox import EventRecord
from consultation.kernel.permissions import ANONYMOUS, OPERATOR, Denied
from consultation.proposals.models import Proposal
from consultation.proposals.operations import amend
from consultation.proposals.rules import ProposalText
from consultation.proposals.states import ProposalState
from tests.voting.factories import commit, make_consultation, make_items, make_organization, make_proposal, make_theme

INDEX = "/en/consultations/gathering/items"


@pytest.fixture
def consultation(session, clock):
    made = make_consultation(session, clock.now())
    commit(session)
    return made


def test_an_item_carries_the_proposal_word_for_word(session, consultation, clock):
    proposal = make_proposal(session, consultation, clock.now(), revision=3, evidence="Numbers.", language="fr")
    item = admit(session, proposal, actor=OPERATOR, now=clock.now(), minutes=15)
    commit(session)
    session.expire_all()
    found = item_by_code(session, "NG27-A001")
    assert found is item
    assert (found.title, found.barrier, found.evidence, found.remedy, found.language, found.minutes) == (
        "Proposal 1",
        "What is wrong.",
        "Numbers.",
        "What should change.",
        "fr",
        15,
    )
    (source,) = found.provenance
    assert (source.proposal_id, source.proposal_revision, source.consent) == (proposal.id, 3, ConsentState.NOT_NEEDED)
    assert (proposal.state, found.state, consultation.item_count) == (ProposalState.PLACED, ItemState.LOCKED, 1)
    names = session.scalars(select(EventRecord.name).order_by(EventRecord.position.desc()).limit(2)).all()
    assert sorted(names) == ["ItemAdmitted", "ProposalPlaced"]


def test_a_proposal_is_admitted_once_and_only_published(session, consultation, clock):
    proposal = make_proposal(session, consultation, clock.now())
    admit(session, proposal, actor=OPERATOR, now=clock.now())
    with pytest.raises(WrongState):
        admit(session, proposal, actor=OPERATOR, now=clock.now())
    waiting = make_proposal(session, consultation, clock.now(), state=ProposalState.SUBMITTED, published_at=None)
    with pytest.raises(WrongState):
        admit(session, waiting, actor=OPERATOR, now=clock.now())
    with pytest.raises(Denied):
        admit(session, make_proposal(session, consultation, clock.now()), actor=ANONYMOUS, now=clock.now())
    assert [item.number for item in items(session, consultation.id)] == [1]


def test_parallel_admissions_take_different_numbers(session, engine, consultation, clock):
    made = [make_proposal(session, consultation, clock.now()) for _ in range(12)]
    commit(session)

    def once(identifier):
        with Session(engine) as own, intending_to_write():
            item = admit(own, own.get_one(Proposal, identifier), actor=OPERATOR, now=clock.now())
            number = item.number
            own.commit()
            return number

    with ThreadPoolExecutor(6) as pool:
        numbers = list(pool.map(once, [proposal.id for proposal in made]))
    assert sorted(numbers) == list(range(1, 13))
    session.rollback()
    session.refresh(consultation)
    assert (consultation.item_count, consultation.next_item_number) == (12, 13)


def test_two_at_once_place_a_proposal_once(session, engine, consultation, clock):
    proposal = make_proposal(session, consultation, clock.now())
    commit(session)

    def once(_turn):
        with Session(engine) as own, intending_to_write():
            try:
                admit(own, own.get_one(Proposal, proposal.id), actor=OPERATOR, now=clock.now())
                own.commit()
            except WrongState:
                return False
            return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(once, range(4))) == [False, False, False, True]
    session.rollback()
    assert len(session.scalars(select(Provenance)).all()) == 1


def test_an_item_says_what_its_author_changed_a_moment_ago(session, engine, consultation, clock):
    """Its text is read once the lock is held: an amendment that was under way when the admission began is in it."""
    proposal = make_proposal(session, consultation, clock.now())
    commit(session)
    began = threading.Event()

    def once():
        with Session(engine) as own, intending_to_write():
            began.set()
            item = admit(own, own.get_one(Proposal, proposal.id), actor=OPERATOR, now=clock.now())
            found = item.title, item.remedy, item.provenance[0].proposal_revision
            own.commit()
            return found

    with Session(engine) as author, intending_to_write(), ThreadPoolExecutor(1) as pool:
        text = ProposalText("Amended", proposal.barrier, proposal.evidence, "Another remedy.")
        amend(author, author.get_one(Proposal, proposal.id), text=text, actor=OPERATOR, now=clock.now())
        admitted = pool.submit(once)
        began.wait(10)
        time.sleep(0.5)  # for it to come as far as the lock
        author.commit()
        assert admitted.result(20) == ("Amended", "Another remedy.", 2)


def test_an_item_says_what_was_saved_since_the_proposal_was_loaded(session, engine, consultation, clock):
    proposal = make_proposal(session, consultation, clock.now())
    commit(session)
    assert proposal.title == "Proposal 1"
    with Session(engine) as author, intending_to_write():
        text = ProposalText("Amended", "Other", "Numbers.", "Another remedy.")
        amend(author, author.get_one(Proposal, proposal.id), text=text, language="fr", actor=OPERATOR, now=clock.now())
        author.commit()
    item = admit(session, proposal, actor=OPERATOR, now=clock.now())
    assert (item.title, item.barrier, item.evidence, item.remedy, item.language) == (
        *(text.title, text.barrier, text.evidence, text.remedy),
        "fr",
    )
    assert item.provenance[0].proposal_revision == 2


def test_the_list_pages_by_number_and_filters_by_theme(session, client, consultation, clock, count_queries):
    theme = make_theme(session)
    about = make_proposal(session, consultation, clock.now(), theme_id=theme.id, title="About homes")
    admit(session, about, actor=OPERATOR, now=clock.now())
    make_items(session, consultation, clock.now(), 29)
    commit(session)
    first = client.get(INDEX).text
    assert "NG27-A020" in first
    assert "NG27-A021" not in first
    after = first.partition("after=")[2].partition('"')[0]
    second = client.get(f"{INDEX}?after={after}").text
    assert ("NG27-A021" in second, "NG27-A030" in second, "NG27-A020" in second) == (True, True, False)
    with count_queries() as queries:
        narrowed = client.get(f"{INDEX}?theme=housing").text
    assert ("About homes" in narrowed, "NG27-A002" in narrowed) == (True, False)
    assert len(queries) <= 4
    assert client.get(f"{INDEX}?after=nonsense").status_code == 400
    assert client.get("/en/consultations/nowhere/items").status_code == 404


def test_the_item_tells_where_it_comes_from(session, client, consultation, clock, count_queries):
    organization = make_organization(session, clock.now(), "ALPHA")
    shielded = make_organization(session, clock.now(), "SHIELDED")
    shielded.protected = True
    for owner in (organization, shielded):
        proposal = make_proposal(session, consultation, clock.now(), organization_id=owner.id, language="fr")
        admit(session, proposal, actor=OPERATOR, now=clock.now())
    commit(session)
    client.get("/en/items/NG27-A001")
    with count_queries() as queries:
        html = client.get("/en/items/NG27-A001").text
    assert len(queries) <= 6
    assert '<h1 lang="fr">Proposal 1</h1>' in html
    assert 'href="/en/proposals/NG27-001"' in html
    assert "Organization ALPHA" in html
    assert 'href="/en/consultations/gathering/results"' in html
    assert "Organization SHIELDED" not in client.get("/en/items/NG27-A002").text
    assert client.get("/en/items/NG27-A999").status_code == 404


def test_the_command_admits_in_number_order_and_says_what_is_placed(session, runner, consultation, clock):
    made = [make_proposal(session, consultation, clock.now()) for _ in range(4)]
    commit(session)
    one = runner.invoke(args=["items", "admit", "NG27-003", "NG27-002"])
    assert (one.exit_code, one.stdout) == (0, "NG27-002\tNG27-A001\nNG27-003\tNG27-A002\n")
    rest = runner.invoke(args=["items", "admit", "--all", "--consultation", "gathering"])
    assert rest.stdout == "NG27-001\tNG27-A003\nNG27-004\tNG27-A004\n"
    again = runner.invoke(args=["items", "admit", "NG27-002"])
    assert (again.exit_code, again.stdout) == (0, "NG27-002\tNG27-A001\n")
    assert again.stderr == "NG27-002 is in NG27-A001 already: unchanged.\n0 admitted, 1 unchanged.\n"
    session.rollback()
    assert len(session.scalars(select(AgendaItem)).all()) == len(made)


@pytest.mark.parametrize(
    ("args", "code"),
    [
        ([], 2),
        (["NG27-001", "--all", "--consultation", "gathering"], 2),
        (["--all"], 2),
        (["NG27-999"], 1),
        (["NG27-001"], 1),
        (["--all", "--consultation", "nowhere"], 1),
    ],
)
def test_wrong_use_and_the_answer_no(session, runner, consultation, clock, args, code):
    make_proposal(session, consultation, clock.now(), state=ProposalState.SUBMITTED, published_at=None)
    commit(session)
    assert runner.invoke(args=["items", "admit", *args]).exit_code == code

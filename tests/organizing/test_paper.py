"""The paper desk in the browser: printing, reading by two people, and what it refuses."""

import re

import pytest
from sqlalchemy import func, select

from consultation.accounts.operations import end_sessions
from consultation.accounts.states import ShownAs
from consultation.kernel.permissions import OPERATOR
from consultation.kernel.roles import Role
from consultation.membership.queries import organization_by_code
from consultation.organizing.paper_forms import reading_form
from consultation.voting.models import BallotContent, ChainEntry, Contest
from consultation.voting.operations import close_contest, open_contest, publish_contest, tally_contest
from consultation.voting.paper_models import PaperReading
from consultation.voting.queries import contest_by_code
from consultation.voting.rules import from_content
from consultation.voting.states import ContestKind, ContestState, Secrecy, VotingUnit
from tests.factories import NOW, make_mandate, make_organization, make_user, sign_in
from tests.voting.factories import commit

CONTESTS = "/en/organize/sample/contests"
PAPER = f"{CONTESTS}/MAIN/paper"
MADE = {"code": "MAIN", "kind": "tiers", "secrecy": "secret", "places": "1"}


@pytest.fixture
def make(client, organizer, session):
    """Makes a contest over two items, with one member on the roll, and opens it."""

    def making(*, opened=True, **changes):
        client.post("/en/organize/sample/admission", data={"everything": "1"})
        assert client.post(CONTESTS, data=MADE | changes).status_code == 303
        session.rollback()
        contest = contest_by_code(session, "MAIN")
        if opened:
            open_contest(session, contest, actor=OPERATOR, now=NOW)
            commit(session)
        return contest

    return making


@pytest.fixture
def second(app, session, organizer):
    """A client that is signed in as another organizer."""
    client = app.test_client()
    sign_in(session, client, make_user(session, Role.ORGANIZER, name="Second Reader"))
    return client


def codes(page):
    return re.findall(r'data-code="(\w+)"', page.text)


def waiting(session):
    session.rollback()
    return session.scalar(select(func.count()).select_from(PaperReading))


def boxed(session):
    session.rollback()
    return [from_content(one).tiers for one in session.scalars(select(BallotContent.content))]


def test_two_people_enter_a_paper_ballot(make, client, second, session):
    make()
    assert 'href="/en/organize/sample/contests/MAIN/paper"' in client.get(CONTESTS).text
    typed = {"voter": "org1", "line1": "ng27-a001", "line2": " 2 "}
    done = client.post(f"{PAPER}/first", data=typed)
    assert (done.status_code, done.location) == (303, PAPER)
    shown = client.get(PAPER).text
    assert "Your reading of org1 is kept, sealed." in shown
    assert "Read by you. Another person checks it." in shown
    seen = second.get(PAPER).text + second.get(f"{PAPER}/second").text
    assert "ORG1" in seen
    assert "Another person checks it." in seen
    assert "1 waits for another person" in second.get(CONTESTS).text
    assert second.post(f"{PAPER}/second", data={"voter": "ORG1", "line1": "1", "line2": "NG27-A002"}).status_code == 303
    assert "Both readings agree. The ballot of ORG1 is in the box." in second.get(PAPER).text
    assert boxed(session) == [(("NG27-A001",), ("NG27-A002",))]
    assert waiting(session) == 0


def test_how_to_type_stands_at_the_field_that_it_is_about(make, client):
    make()
    shown = client.get(f"{PAPER}/first").text
    assert re.findall(r'<p class="hint" id="([^"]+)">Items by their number', shown) == ["line1-hint"]
    assert re.search(r'<input[^>]+aria-describedby="line1-hint"[^>]+name="line1"', shown)


def test_neither_is_told_what_the_other_typed_where_they_differ(make, client, second, session):
    make()
    client.post(f"{PAPER}/first", data={"voter": "ORG1", "line1": "1", "line2": "2"})
    second.post(f"{PAPER}/second", data={"voter": "ORG1", "line1": "", "line2": "2"})
    for reader in (client, second):
        shown = reader.get(PAPER).text
        assert re.search(r"Two readings differ: of .+ and of Second Reader\.", shown)
        assert "NG27-A001" not in shown
        assert "NG27-A002" not in shown
    assert boxed(session) == []
    again = second.post(f"{PAPER}/second", data={"voter": "ORG1", "line1": "1", "line2": "2"})
    assert (again.status_code, codes(again)) == (422, ["same_person"])
    assert client.post(f"{PAPER}/begun-again", data={"voter": "ORG1"}).status_code == 303
    assert "What was read of ORG1 is dropped." in client.get(PAPER).text
    assert waiting(session) == 0
    client.post(f"{PAPER}/begun-again", data={"voter": "ORG1"})
    assert "No first reading of this ballot waits." in client.get(PAPER).text


@pytest.mark.parametrize(
    ("turn", "typed", "code"),
    [
        ("first", {"voter": "NOBODY", "line1": "1"}, "not_on_roll"),
        ("first", {"voter": "ORG1"}, "nothing_typed"),
        ("first", {"voter": "ORG1", "line2": "1", "blank": "y"}, "blank_with_items"),
        ("first", {"voter": "ORG1", "line1": "1", "line2": "1 7"}, "duplicate_item"),
        ("first", {"voter": "ORG1", "line1": "7"}, "unknown_item"),
        ("second", {"voter": "ORG1", "line1": "1"}, "no_reading_waits"),
    ],
)
def test_what_is_refused_keeps_what_was_typed(make, client, session, turn, typed, code):
    make()
    refused = client.post(f"{PAPER}/{turn}", data=typed)
    assert (refused.status_code, codes(refused)) == (422, [code])
    for name, value in typed.items():
        if name == "blank":
            assert re.search(r'<input[^>]* checked [^>]*name="blank"', refused.text)
        else:
            assert re.search(rf'name="{name}"[^>]*value="{value}"', refused.text)
    assert 'role="alert"' in refused.text
    assert waiting(session) == 0


def test_a_voter_must_be_named(make, client):
    make()
    refused = client.post(f"{PAPER}/first", data={"line1": "1"})
    assert refused.status_code == 422
    assert "This is needed." in refused.text
    assert 'value="1"' in refused.text


def test_no_browser_suggests_what_somebody_else_has_typed(make, client):
    make()
    form = client.get(f"{PAPER}/second").text
    fields = re.findall(r"<input[^>]*(?:voter|line\d)[^>]*>", form)
    assert len(fields) == 3
    assert all('autocomplete="off"' in field for field in fields)
    assert "no-store" in client.get(f"{PAPER}/second").headers["Cache-Control"]


@pytest.mark.parametrize("turn", ["first", "second"])
def test_who_signs_in_next_is_not_shown_what_was_typed(make, client, organizer, session, turn):
    make()
    end_sessions(session, organizer.id)
    session.commit()
    typed = {"voter": "ORG1", "line1": "1 2"}
    refused = client.post(f"{PAPER}/{turn}", data=typed, headers={"Sec-Fetch-Site": "same-origin"})
    assert refused.status_code == 403
    assert "1 2" not in refused.text
    assert "ORG1" not in refused.text


def test_no_address_holds_the_code_of_a_voter(make, client, second):
    make()
    client.post(f"{PAPER}/first", data={"voter": "ORG1", "line1": "1"})
    addresses = re.findall(r'(?:href|action)="([^"]+)"', second.get(PAPER).text)
    assert [address for address in addresses if "ORG1" in address] == []


def test_own_matter_is_refused_at_the_field(client, consultation, organizer, make, session):
    make()
    make_mandate(session, organizer, organization_by_code(session, "ORG1"))
    session.commit()
    refused = client.post(f"{PAPER}/first", data={"voter": "ORG1", "line1": "1"})
    assert (refused.status_code, codes(refused)) == (422, ["own_matter"])
    assert 'value="ORG1"' in refused.text


def test_a_ranking_has_a_line_for_each_place(make, client, second, session):
    make(kind="ranking")
    form = client.get(f"{PAPER}/first").text
    assert re.findall(r'name="(line\d+|further)"', form) == ["line1", "line2"]
    client.post(f"{PAPER}/first", data={"voter": "ORG1", "line1": "2", "line2": "1"})
    second.post(f"{PAPER}/second", data={"voter": "ORG1", "line1": "NG27-A002", "line2": "NG27-A001"})
    assert boxed(session) == [(("NG27-A002",), ("NG27-A001",))]


def test_where_no_roll_is_claimed_there_are_labels_and_no_envelopes(make, client, second, session):
    make(secrecy="no_roll", kind="shortlist")
    assert "Label of the envelope or the paper" in client.get(f"{PAPER}/first").text
    assert "envelopes" not in client.get(PAPER).text
    assert client.get(f"{PAPER}/envelopes").status_code == 404
    for reader, turn in ((client, "first"), (second, "second")):
        assert reader.post(f"{PAPER}/{turn}", data={"voter": "Table 1", "line1": "1,2"}).status_code == 303
    assert boxed(session) == [(("NG27-A001", "NG27-A002"),)]


def test_a_proof_is_printed_before_the_opening_and_the_ballot_from_then_on(make, client, session):
    contest = make(opened=False, opens="2027-06-01T09:00", closes="2027-06-02T09:00")
    assert client.get(f"{PAPER}/first").status_code == 404
    proof = client.get(f"{PAPER}/ballot").text
    assert "PROOF – not a ballot" in proof
    assert "PROOF" in client.get(f"{PAPER}/envelopes").text
    open_contest(session, contest, actor=OPERATOR, now=NOW)
    commit(session)
    ballot = client.get(f"{PAPER}/ballot").text
    assert "PROOF" not in ballot
    assert "PROOF" not in client.get(f"{PAPER}/envelopes").text
    assert "NG27-A001" in ballot
    assert "NG27-A002" in ballot
    assert contest.question.en in ballot
    assert "before June 2, 2027" in ballot
    assert "ORG1" not in ballot


def test_the_ballot_is_printed_in_three_languages(make, client, session):
    contest = make()
    shown = client.get(f"{PAPER}/ballot?languages=all").text
    for language, sentence in (
        ("en", "Write no name and nothing else on this sheet."),
        ("fr", "N’écrivez ni nom ni rien d’autre sur cette feuille."),
        ("es", "No escriba ningún nombre ni nada más en esta hoja."),
    ):
        assert f'<section lang="{language}">' in shown
        assert sentence in shown
        assert contest.question[language] in shown
    alone = client.get(f"{PAPER}/ballot").text
    assert "N’écrivez" not in alone
    assert "No escriba" not in alone
    # The page's own words stay in its language after the others were spoken.
    assert "Write no name" in client.get(f"{PAPER}/ballot").text
    assert client.get("/fr/organize/sample/contests/MAIN/paper/ballot").text.count("N’écrivez") == 1


def test_a_slip_for_each_voter_names_it_unless_it_is_protected(make, client, session):
    make_organization(session, "SAFE", name="Hidden Name", protected=True)
    session.commit()
    make()
    shown = client.get(f"{PAPER}/envelopes").text
    assert re.findall(r'class="paper-code">([^<]+)<', shown) == ["SAFE", "ORG1"]
    assert "Name withheld" in shown
    assert "Hidden Name" not in shown


def test_where_delegates_vote_a_slip_holds_the_code_and_names_nobody_without_their_word(make, client, session):
    member = organization_by_code(session, "ORG1")
    people = [make_user(session, name=name) for name in ("Quiet Person", "Open Person")]
    people[1].shown_as = ShownAs.NAME
    for person in people:
        make_mandate(session, person, member)
    session.commit()
    contest = make(opened=False)
    contest.unit = VotingUnit.DELEGATES
    session.commit()
    assert "Delegates get their codes at the opening." in client.get(f"{PAPER}/envelopes").text
    contest = contest_by_code(session, "MAIN")
    open_contest(session, contest, actor=OPERATOR, now=NOW)
    commit(session)
    shown = client.get(f"{PAPER}/envelopes").text
    assert re.findall(r'class="paper-code">([^<]+)<', shown) == ["ORG1-1", "ORG1-2"]
    assert "Open Person, delegate of" in shown
    assert "Quiet Person" not in shown
    assert shown.count("The inner envelope holds my ballot.") == 2


def test_after_the_close_the_desk_is_gone(make, client, session):
    contest = make()
    client.post(f"{PAPER}/first", data={"voter": "ORG1", "line1": "1"})
    session.rollback()
    assert "1 paper ballot has not been read alike by two people" in client.get(CONTESTS).text
    close_contest(session, contest, actor=OPERATOR, now=NOW)
    commit(session)
    for address in ("", "/first", "/second", "/ballot", "/envelopes"):
        assert client.get(f"{PAPER}{address}").status_code == 404
    for turn in ("first", "second", "begun-again"):
        assert client.post(f"{PAPER}/{turn}", data={"voter": "ORG1", "line1": "1"}).status_code == 404
    assert waiting(session) == 0


def test_the_results_say_where_ballots_came_from(make, client, second, session):
    contest = make()
    for reader, turn in ((client, "first"), (second, "second")):
        reader.post(f"{PAPER}/{turn}", data={"voter": "ORG1", "line1": "1"})
    session.rollback()
    close_contest(session, contest, actor=OPERATOR, now=NOW)
    commit(session)
    tally_contest(session, contest, beacon="", actor=OPERATOR, now=NOW)
    hidden = client.get("/en/consultations/sample/transparency").text
    assert "Ballots from paper or from outside" not in hidden
    publish_contest(session, contest, actor=OPERATOR, now=NOW)
    commit(session)
    assert contest.state is ContestState.PUBLISHED
    for address in ("results", "transparency"):
        shown = client.get(f"/en/consultations/sample/{address}").text
        assert re.search(r"Ballots from paper or from outside</dt>\s*<dd>All of them\.", shown)


def test_the_desk_lists_with_a_fixed_number_of_queries(make, client, organizer, session, count_queries):
    contest = make()
    seen = []
    for number in (1, 30):
        for at in range(number):
            row = {"contest_id": contest.id, "voter": f"V{number}-{at}", "reader_id": organizer.id, "number": 1}
            session.add(PaperReading(**row, reading="0" * 64, read_at=NOW))
        session.commit()
        with count_queries() as counted:
            assert client.get(PAPER).status_code == 200
        seen.append(len(counted))
    assert seen[0] == seen[1]
    assert session.scalar(select(func.count()).select_from(ChainEntry)) == 0


def test_places_beyond_the_lines_are_typed_below_them(app):
    contest = Contest(kind=ContestKind.RANKING, secrecy=Secrecy.SECRET)
    typed = {"voter": "ORG1", **{f"line{number}": str(number) for number in range(1, 11)}, "further": "11\n12, 13\n"}
    with app.test_request_context(method="POST", data=typed):
        form = reading_form(contest, 13)
        assert form.lines() == [*(str(number) for number in range(1, 12)), "12, 13"]
        assert [form.line_with("13"), form.line_with("nothing")] == ["further", "line1"]
        assert "further" not in reading_form(contest, 10)


def test_slips_and_rolls_name_a_member_in_the_language_of_the_page(make, client, session):
    contest = make(opened=False)
    member = organization_by_code(session, "ORG1")
    member.name, member.name_fr, member.name_es = "Harbour House", "Maison du port", None
    commit(session)
    addresses = {tongue: f"/{tongue}{PAPER[3:]}/envelopes" for tongue in ("en", "fr", "es")}
    roll = "/fr/consultations/sample/roll?contest=MAIN"

    def named(address):
        page = client.get(address).text
        return [name for name in ("Harbour House", "Maison du port", "Renamed") if name in page]

    assert [named(addresses[one]) for one in addresses] == [["Harbour House"], ["Maison du port"], ["Harbour House"]]
    open_contest(session, contest, actor=OPERATOR, now=NOW)
    member.name = member.name_fr = "Renamed"
    commit(session)
    assert [named(addresses[one]) for one in addresses] == [["Harbour House"], ["Maison du port"], ["Harbour House"]]
    assert named(roll) == ["Maison du port"]

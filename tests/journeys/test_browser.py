"""The journey in Chromium gives the agenda that the command line gives."""

from types import SimpleNamespace
from typing import Any

from sqlalchemy import select

from consultation.__main__ import console
from consultation.accounts.queries import user_by_email
from consultation.app import create_app
from consultation.config import Config
from consultation.drafting.export import same_agenda
from consultation.kernel.roles import Role
from consultation.membership.models import MemberOrganization
from tests.factories import make_mandate, make_user
from tests.journeys import browser as steps
from tests.journeys import canadian
from tests.journeys.command_line import journey, run


def test_from_import_to_agenda_in_the_browser(app, runner, page, browser, live_server, session, shared_data, tmp_path):
    files = canadian.write_files(tmp_path / "files")
    polis = shared_data / canadian.FOLDER
    run(runner, "db", "upgrade")
    people = _people(app, session)

    steps.sign_in(page, people.organizer)
    steps.convene(page)
    steps.bring_in(page, "organizations", files["organizations"], read=2)
    _speak_for(session, people)
    steps.bring_in(
        page,
        "proposals",
        polis / "comments.csv",
        columns={"comment-id": "ref", "comment-body": "remedy", "moderated": "state"},
        typed={"Language of rows that name none": "en", "What states mean": "1=published\n-1=declined"},
        read=174,
    )

    steps.verify(page, people)
    steps.sign_in(page, people.delegate_b)
    steps.propose(page)
    steps.sign_in(page, people.moderator)
    steps.publish(page)
    steps.sign_in(page, people.delegate_a)
    steps.comment(page)

    steps.sign_in(page, people.organizer)
    steps.admit_all(page)
    steps.create_contest(page, people, canadian.SHORTLIST, "shortlist", "no_roll", canadian.PLACES)
    steps.bring_in(
        page,
        "ballots",
        polis / "votes.csv",
        columns={"voter-id": "voter", "comment-id": "item", "vote": "value", "timestamp": "time"},
        typed={"Values that mean approval": "1"},
        chosen={"Contest": canadian.SHORTLIST},
        read=12018,
    )
    steps.conclude(page, canadian.SHORTLIST, canadian.BEACON)
    steps.create_contest(page, people, canadian.PRIORITIES, "tiers", "secret", 3)

    steps.sign_in(page, people.delegate_a)
    receipts = [steps.rank(page, ["RF27-A001"], ["RF27-A003"])]
    with browser.new_context(base_url=live_server.url, java_script_enabled=False) as plain:
        other = plain.new_page()
        steps.sign_in(other, people.delegate_b)
        receipts.append(steps.rank(other, ["RF27-A003"]))
    assert [len(receipt) for receipt in receipts] == [64, 64]
    assert receipts[0] != receipts[1]

    steps.sign_in(page, people.organizer)
    steps.conclude(page, canadian.PRIORITIES)
    clicked = steps.release_agenda(page)
    canadian.check_agenda(clicked)
    page.goto(f"/en/consultations/{canadian.SLUG}/results?contest={canadian.PRIORITIES}")
    assert page.locator("main a[href$='/items/RF27-A003']").first.is_visible()

    typed = _typed(live_server, shared_data, tmp_path / "typed", app.extensions["clock"])
    assert same_agenda(clicked, typed)


def _people(app: Any, session: Any) -> steps.People:
    roles = {
        "administrator": Role.ADMINISTRATOR,
        "organizer": Role.ORGANIZER,
        "second_organizer": Role.ORGANIZER,
        "moderator": Role.MODERATOR,
        "delegate_a": Role.DELEGATE,
        "delegate_b": Role.DELEGATE,
    }
    addresses = {name: f"{name.replace('_', '-')}@example.org" for name in roles}
    for name, role in roles.items():
        make_user(
            session,
            role,
            email=addresses[name],
            name=f"Sample {name.replace('_', ' ')}",
            password=steps.PASSWORD,
            passwords=app.extensions["passwords"],
        )
    session.commit()
    return steps.People(**addresses)


def _speak_for(session: Any, people: steps.People) -> None:
    """Give both delegates the mandate of their organization, which the page has imported."""
    for email, code in ((people.delegate_a, "ORG-A"), (people.delegate_b, "ORG-B")):
        organization = session.scalars(select(MemberOrganization).where(MemberOrganization.code == code)).one()
        user = user_by_email(session, email)
        assert user is not None
        make_mandate(session, user, organization)
    session.commit()


def _typed(live_server: Any, data: Any, folder: Any, clock: Any) -> dict[str, Any]:
    """The agenda of the command line, on an application and database of its own at the same address."""
    folder.mkdir()
    config = Config.for_tests(
        database_url=f"sqlite:///{folder / 'typed.sqlite'}", data_dir=folder / "data", base_url=live_server.url
    )
    other = create_app(config, clock=clock)
    inner = other.test_cli_runner()
    runner = SimpleNamespace(invoke=lambda args: inner.invoke(console(lambda: other), args))
    return journey(runner, data, folder / "journey")

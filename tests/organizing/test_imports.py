"""Importing on the organizers' pages: an upload, a preview and an import, each of the latter a job with a page."""

import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from consultation.commands.worker import run_waiting
from consultation.exchange.jobs import IMPORT
from consultation.exchange.uploads import Uploads
from consultation.kernel.jobs import Job, Note, Notes
from consultation.kernel.roles import Role
from consultation.membership.models import MemberOrganization
from consultation.proposals.models import Proposal
from consultation.voting.models import Contest
from consultation.voting.operations import cast
from tests.factories import actor_of, make_consultation, make_mandate, make_organization, make_user, sign_in

FILE = "id,title,status\n1,Imported one,ok\n2,=Imported two,no\n3,,ok\n"
CHOSEN = {"column": ["id", "title", "status"], "field": ["ref", "title", "state"], "language": "en",
          "states": "ok=published\nno=declined"}  # fmt: skip
HTMX = {"HX-Request": "true"}


def upload(client, content=FILE, kind="proposals", name="proposals.csv"):
    return client.post("/en/organize/sample/imports", data={"kind": kind, "file": (io.BytesIO(content.encode()), name)})


def without_token(page):
    """What a page says; its forms' token holds the time."""
    return re.sub(r'name="csrf_token" value="[^"]*"', "", page.text)


def ask_for_preview(client, chosen=CHOSEN):
    """Upload and queue the preview; gives the address of its job."""
    answer = client.post(f"{upload(client).location}/preview", data=chosen)
    assert answer.status_code == 303
    return answer.location


def imported(session):
    session.rollback()
    return {row.title: row.state for row in session.scalars(select(Proposal)) if row.import_identity}


def jobs_of(session):
    session.rollback()
    query = select(Job).order_by(Job.created_at, Job.id).execution_options(populate_existing=True)
    return session.scalars(query).all()


def files(config):
    return list((config.data_dir / "uploads").iterdir())


def test_an_upload_is_previewed_then_imported_and_its_report_stays(client, organizer, session, config, app):
    sent = upload(client)
    assert sent.status_code == 303
    asked = client.get(sent.location)
    assert re.findall(r'<option value="(\w+)" selected>', asked.text) == ["ref", "title"]
    preview = client.post(f"{sent.location}/preview", data=CHOSEN).location
    assert "Waits for its turn." in client.get(preview).text
    assert run_waiting(app) == 1
    seen = client.get(preview)
    assert ("Nothing is imported yet." in seen.text, "Import 2 rows" in seen.text) == (True, True)
    assert imported(session) == {}
    queued = client.post(f"{preview}/import")
    assert (queued.status_code, imported(session)) == (303, {})
    assert run_waiting(app) == 1
    assert imported(session) == {"Imported one": "published", "=Imported two": "declined"}
    done = client.get(queued.location)
    assert "Of 3 rows: imported 2, with a remark 0, unchanged 0, rejected 1." in done.text
    assert "The row has no text" in done.text
    assert files(config) == []
    assert client.get(sent.location).status_code == 404
    assert without_token(client.get(queued.location)) == without_token(done)
    assert [(job.state, job.done, job.total) for job in jobs_of(session)] == [("done", 3, 3)] * 2


def test_while_it_runs_the_page_asks_for_its_piece_and_at_the_end_no_more(client, organizer, session, config, app):
    preview = ask_for_preview(client)
    (job,) = jobs_of(session)
    queued = client.get(f"{preview}?was=queued", headers=HTMX)
    assert "hx-swap-oob" not in queued.text
    assert ("<html" in queued.text, 'hx-trigger="every 1s"' in queued.text, "Cancel" in queued.text) == (
        False,
        True,
        True,
    )
    job.state, job.started_at = "running", job.created_at
    session.commit()
    Notes(config.data_dir / "jobs").write(job.id, Note("Writing the rows", 1500, 3000, job.created_at))
    running = client.get(preview)
    assert "Writing the rows" in running.text
    assert '<progress id="job-bar" max="3000" value="1500">' in running.text
    assert ("1,500 of 3,000 rows" in running.text, "Cancel" in running.text) == (True, False)
    assert re.search(r'<noscript><p><a href="/en/organize/sample/jobs/[^"]+">Refresh</a>', running.text)
    job.state = "queued"
    session.commit()
    run_waiting(app)
    ended = client.get(f"{preview}?was=queued", headers=HTMX)
    assert ("hx-trigger" in ended.text, 'hx-swap-oob="innerHTML:#said"' in ended.text) == (False, True)
    assert "hx-swap-oob" not in client.get(preview).text


def test_pages_of_jobs_speak_three_languages(client, organizer, app):
    preview = ask_for_preview(client)
    run_waiting(app)
    for language in ("en", "fr", "es"):
        answer = client.get(preview.replace("/en/", f"/{language}/"))
        assert (answer.status_code, f'<html lang="{language}">' in answer.text) == (200, True)


def test_wrong_options_are_refused_before_anything_is_queued(client, organizer, session):
    address = upload(client).location
    wrong = client.post(f"{address}/preview", data=CHOSEN | {"states": "ok=perhaps"})
    assert (wrong.status_code, "ok=perhaps cannot be read as a state" in wrong.text) == (422, True)
    assert client.post(f"{address}/preview", data=CHOSEN | {"field": ["ref", "ref", ""]}).status_code == 422
    unmapped = client.post(f"{address}/preview", data=CHOSEN | {"field": ["ref", "", ""]})
    assert (unmapped.status_code, "Say which column it is." in unmapped.text, "--map" in unmapped.text) == (
        422, True, False
    )  # fmt: skip
    assert jobs_of(session) == []


def test_a_double_click_queues_one_job(client, organizer, session, app):
    preview = ask_for_preview(client)
    (job,) = jobs_of(session)
    again = client.post(f"/en/organize/sample/imports/{job.file}/preview", data=CHOSEN)
    assert (again.status_code, again.location) == (303, preview)
    run_waiting(app)
    first, second = client.post(f"{preview}/import"), client.post(f"{preview}/import")
    assert first.location == second.location
    assert len(jobs_of(session)) == 2


def test_cancelling_what_waits_keeps_the_file_and_what_has_ended_is_not_cancelled(client, organizer, session, app):
    preview = ask_for_preview(client)
    assert client.post(f"{preview}/cancellation").status_code == 303
    assert (run_waiting(app), jobs_of(session)[0].state) == (0, "cancelled")
    page = client.get(preview)
    assert "This was cancelled before it began. Nothing was imported." in page.text
    (again,) = re.findall(r'href="(/en/organize/sample/imports/[^"]+\?job=[^"]+)"', page.text)
    assert "ok=published\nno=declined</textarea>" in client.get(again).text
    assert client.post(f"{preview}/cancellation").status_code == 409
    assert client.post(f"{preview}/import").status_code == 404


def test_a_file_that_is_gone_is_said_and_a_damaged_one_fails_with_what_to_do(client, organizer, session, config, app):
    preview = ask_for_preview(client)
    run_waiting(app)
    (job,) = jobs_of(session)
    path = Uploads(config.data_dir).path(job.file)
    path.write_bytes(b'id,title,status\n1,"never closed\n')
    failing = client.post(f"{preview}/import").location
    run_waiting(app)
    failed = client.get(failing)
    assert ("Failed." in failed.text, "is never closed" in failed.text) == (True, True)
    assert (path.exists(), "Change the columns and options" in failed.text, imported(session)) == (True, True, {})
    Uploads(config.data_dir).forget(job.file)
    gone = client.post(f"{preview}/import")
    assert (gone.status_code, "The file is no longer here" in gone.text) == (422, True)


def test_a_file_that_goes_while_the_job_waits_is_said(client, organizer, session, config, app):
    preview = ask_for_preview(client)
    Uploads(config.data_dir).forget(jobs_of(session)[0].file)
    run_waiting(app)
    assert "The file is no longer here" in client.get(preview).text


def test_who_may_import_sees_the_job_and_nobody_else(client, organizer, session, app):
    preview = ask_for_preview(client)
    make_consultation(session, "elsewhere", prefix="EL27")
    colleague, moderator, auditor = app.test_client(), app.test_client(), app.test_client()
    sign_in(session, colleague, make_user(session, Role.ORGANIZER))
    sign_in(session, moderator, make_user(session, Role.MODERATOR))
    sign_in(session, auditor, make_user(session, Role.AUDITOR))
    assert client.get(preview.replace("/sample/", "/elsewhere/")).status_code == 404
    assert [who.get(preview).status_code for who in (colleague, moderator, auditor)] == [200, 403, 403]
    for address in ("/en/organize/sample", "/en/organize/sample/imports"):
        assert preview in colleague.get(address).text
    assert preview not in auditor.get("/en/organize/sample").text
    run_waiting(app)
    assert "Import 2 rows" not in colleague.get(preview).text
    assert colleague.post(f"{preview}/import").status_code == 422
    other = ask_for_preview(client)
    assert colleague.post(f"{other}/cancellation").status_code == 303


def test_the_permission_is_asked_again_when_the_job_runs(client, organizer, session, app):
    preview = ask_for_preview(client)
    session.execute(organizer.__table__.metadata.tables["user_role"].delete())
    session.commit()
    run_waiting(app)
    (job,) = jobs_of(session)
    assert (job.state, job.error["message"][:35]) == ("failed", "Your account may no longer import, ")
    assert preview


def ask_about_ballots(client, content, open_by_two):
    """Open a contest without a roll, upload ballots for it and queue their preview."""
    client.post("/en/organize/sample/admission", data={"everything": "1"})
    contest = {"code": "PAPER", "kind": "shortlist", "secrecy": "no_roll", "places": "1"}
    client.post("/en/organize/sample/contests", data=contest)
    open_by_two("PAPER")
    sent = upload(client, content, kind="ballots", name="ballots.csv").location
    chosen = {"column": ["voter", "item", "vote"], "field": ["voter", "item", "value"], "approve": "1"}
    assert client.post(f"{sent}/preview", data=chosen | {"contest": "NONE"}).status_code == 404
    return client.post(f"{sent}/preview", data=chosen | {"contest": "PAPER"}).location


def test_ballots_leave_neither_their_file_nor_their_voters(client, organizer, session, config, app, open_by_two):
    preview = ask_about_ballots(client, "voter,item,vote\nAnn,NG27-001,1\nBob,NG27-002,1\nBob,none,1\n", open_by_two)
    run_waiting(app)
    assert "Ballots: 2 new, 0 in place of earlier ones, 0 unchanged, 0 refused." in client.get(preview).text
    client.post(f"{preview}/import")
    run_waiting(app)
    jobs = jobs_of(session)
    assert ([job.state for job in jobs], files(config)) == (["done", "done"], [])
    assert [name for job in jobs for name in ("Ann", "Bob") if name in repr((job.report, job.parameters))] == []


def test_who_has_cast_a_ballot_is_neither_told_nor_kept(client, organizer, session, app, clock, open_by_two):
    delegate = make_user(session)
    make_mandate(session, delegate, session.scalars(select(MemberOrganization)).one())
    session.commit()
    client.post("/en/organize/sample/admission", data={"everything": "1"})
    client.post(
        "/en/organize/sample/contests", data={"code": "MAIN", "kind": "tiers", "secrecy": "secret", "places": 1}
    )
    open_by_two("MAIN")
    session.rollback()
    who = {"organization_id": actor_of(session, delegate).mandates[0].organization_id, "clock": clock.now}
    contest = session.scalars(select(Contest)).one()
    cast(session, contest, ballot=[["NG27-A001"]], key="k" * 32, actor=actor_of(session, delegate), **who)
    session.commit()
    sent = upload(client, "voter,item\nORG1,NG27-A002\n", kind="ballots", name="b.csv").location
    chosen = {"column": ["voter", "item"], "field": ["voter", "item"], "contest": "MAIN"}
    preview = client.post(f"{sent}/preview", data=chosen).location
    run_waiting(app)
    page = client.get(preview).text
    assert "Ballots: 1 that the box takes, 0 refused." in page
    assert "nobody is told before the close" in page
    report = session.scalars(select(Job.report)).one()
    assert (report["ballots"], report["reasons"]) == ({"taken": 1, "refused": {}}, {})
    assert [name for name in ("ORG1", "already_cast") if name in repr(report) or name in page] == []


def test_ballots_that_could_not_be_imported_leave_no_file_either(client, organizer, config, app, open_by_two):
    preview = ask_about_ballots(client, "voter,item,vote\nAnn,NG27-001,1\n", open_by_two)
    run_waiting(app)
    failing = client.post(f"{preview}/import").location
    client.post("/en/organize/sample/contests/PAPER/closure", data={"confirmed": "on"})
    run_waiting(app)
    assert "The contest is not open" in client.get(failing).text
    assert files(config) == []


def test_rows_of_ones_own_organization_wait_for_somebody_else(client, organizer, session, app):
    own = make_organization(session, "OWN1")
    make_mandate(session, organizer, own)
    session.commit()
    content = "id,title,organization\n1,Ours,OWN1\n2,Theirs,ORG1\n"
    sent = upload(client, content).location
    chosen = {"column": ["id", "title", "organization"], "field": ["ref", "title", "organization"], "publish": "y"}
    preview = client.post(f"{sent}/preview", data=chosen).location
    run_waiting(app)
    client.post(f"{preview}/import")
    run_waiting(app)
    assert imported(session) == {"Ours": "submitted", "Theirs": "published"}
    report = session.scalars(select(Job.report).where(Job.id == jobs_of(session)[1].id)).one()
    assert [(row["status"], row["reasons"]) for row in report["rows"]] == [
        ("flagged", ["own_organization"]),
        ("imported", []),
    ]


def test_unreadable_uploads_are_refused_and_not_kept(client, organizer, config):
    for content, words in (("", "The file is empty"), ("id,title\n", "no row below them")):
        answer = upload(client, content)
        assert answer.status_code == 422
        assert words in answer.text
    assert client.post("/en/organize/sample/imports", data={"kind": "proposals"}).status_code == 422
    assert files(config) == []


def test_an_upload_is_its_owners_alone(client, organizer, session, app, config):
    address = upload(client).location
    assert [oct(path.stat().st_mode)[-3:] for path in files(config)] == ["600", "600"]
    other = app.test_client()
    sign_in(session, other, make_user(session, Role.ORGANIZER))
    assert other.get(address).status_code == 404
    assert client.get(address.replace("sample", "elsewhere")).status_code == 404
    assert client.get("/en/organize/sample/imports/..%2f..%2fsecret-key").status_code == 404


@pytest.mark.sqlite
def test_the_worker_forgets_uploads_after_a_day_but_for_what_waits(client, organizer, session, config, app, clock):
    upload(client)
    ask_for_preview(client)
    clock.advance(days=1, seconds=1)
    in_use = {jobs_of(session)[0].file}
    IMPORT.tidy(config.data_dir, in_use, clock.now())
    assert {path.stem for path in files(config)} == in_use
    run_waiting(app)
    IMPORT.tidy(config.data_dir, set(), clock.now() + timedelta(seconds=1))
    assert files(config) == []

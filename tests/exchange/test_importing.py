"""Imports of small files, on both databases."""

import json
import os
import threading
import uuid

from sqlalchemy import func, select

from consultation.convening.models import Consultation
from consultation.discussion.models import Comment
from consultation.exchange.operations import import_ballots, rehearsal
from consultation.exchange.reading import ImportReport, Kind, Reason, map_columns, open_table, read_rows
from consultation.exchange.rules import identity_of, public_label, tiers_of
from consultation.exchange.source import Source
from consultation.kernel.outbox import EventRecord
from consultation.kernel.permissions import OPERATOR
from consultation.membership.models import MemberOrganization
from consultation.membership.rules import code_from
from consultation.proposals.models import Proposal
from consultation.voting.operations import cast
from consultation.voting.queries import final_contents
from consultation.voting.rules import from_content
from tests.exchange.conftest import counts
from tests.voting import factories as voting

PROPOSALS = (
    "id,title,remedy,author,organization,status,theme,colour\n"
    "1,First,Do this,ann@example.org,ORG1,yes,no such theme,red\n"
    "2,Second,Do that,Ann,Unknown Group,no,,\n"
    "3,Third,,,,maybe,,\n"
)
STATES = ("--state", "yes=published", "--state", "no=declined")
COMMENTS = (
    "id,proposalId,parentId,text,status\n"
    "c4,,c3,deepest,ok\n"
    "c3,,c2,deeper,ok\n"
    "c2,1,c1,reply,ok\n"
    "c1,1,,top,ok\n"
    "c5,99,,nowhere,ok\n"
    "c6,1,,not for everybody,bad\n"
    "c7,TE27-001,,by code,ok\n"
    "c8,1,gone,orphan,ok\n"
    "c9,,,no place,ok\n"
)


def proposals(session):
    session.rollback()  # what a command has committed since is seen by a new transaction
    return {row.code: row for row in session.scalars(select(Proposal).execution_options(populate_existing=True))}


def comments(session):
    session.rollback()
    return {row.body: row for row in session.scalars(select(Comment).execution_options(populate_existing=True))}


def test_identity_is_that_of_reading(file):
    with open_table(file("one.csv", "id,title\n7,A\n")) as table:
        (row,) = read_rows(table, map_columns(Kind.PROPOSALS, table.columns))
    assert identity_of("proposals", "7") == row.identity


def test_proposals_arrive_in_their_states_with_labels_and_original_data(consultation, brought, file, session):
    brought("organizations", file("o.csv", "code,name\nORG1,Some Group\n"))
    report = brought("proposals", file("p.csv", PROPOSALS), "--consultation", consultation, "--language", "en", *STATES)
    assert counts(report) == (3, 0, 0, 3, 0)
    assert [row["reasons"] for row in report["rows"]] == [
        ["vocabulary_unknown"],
        ["organization_unknown"],
        ["state_unknown"],
    ]
    first, second, third = proposals(session).values()
    assert [first.state, second.state, third.state] == ["published", "declined", "submitted"]
    assert (second.decline_code, first.author_label, second.author_label) == ("imported_decision", None, "Ann")
    assert first.original == {
        "colour": "red",
        "theme": "no such theme",
        "author": "ann@example.org",
    }
    assert first.organization_id == session.scalar(select(MemberOrganization.id))
    assert {first.author_id, second.author_id, third.author_id} == {None}


def test_repeat_adds_nothing_and_changed_text_is_noted(consultation, brought, file, session, dump):
    options = ("--consultation", consultation, *STATES)
    brought("proposals", file("p.csv", PROPOSALS), *options)
    before = dump()
    again = brought("proposals", file("p.csv", PROPOSALS), *options)
    assert counts(again) == (3, 0, 3, 0, 0)
    changed = brought("proposals", file("p.csv", PROPOSALS.replace("Do that", "Do nothing")), *options)
    assert [row["status"] for row in changed["rows"]] == ["unchanged"] * 3
    assert "differs_from_stored" in changed["rows"][1]["reasons"]
    assert "differs_from_stored" not in changed["rows"][0]["reasons"]
    assert dump() == before


def test_second_row_with_the_same_ref_is_imported_and_repeats(consultation, brought, file, session):
    path = file("p.csv", "id,title\n1,One\n1,Two\n")
    first = brought("proposals", path, "--consultation", consultation)
    assert [row["reasons"] for row in first["rows"]] == [[], ["duplicate_ref"]]
    assert counts(brought("proposals", path, "--consultation", consultation)) == (2, 0, 2, 0, 0)
    assert len(proposals(session)) == 2


def test_dry_run_leaves_no_trace_and_says_what_would_be(consultation, brought, file, dump):
    path = file("p.csv", PROPOSALS)
    before = dump()
    rehearsed = brought("proposals", path, "--consultation", consultation, "--dry-run", "--publish")
    assert dump() == before
    done = brought("proposals", path, "--consultation", consultation, "--publish")
    assert (rehearsed.pop("dry_run"), done.pop("dry_run")) == (True, False)
    assert rehearsed == done


def test_comments_find_their_place_across_files(consultation, brought, file, session):
    brought("proposals", file("p.csv", PROPOSALS), "--consultation", consultation, "--publish")
    report = brought("comments", file("c.csv", COMMENTS), "--consultation", consultation, "--state", "bad=declined",
                     "--state", "ok=published")  # fmt: skip
    assert {row["ref"]: row["reasons"] for row in report["rows"] if row["reasons"]} == {
        "c4": ["depth_flattened"],
        "c3": ["depth_flattened"],
        "c5": ["item_absent"],
        "c8": ["parent_absent"],
        "c9": ["item_absent"],
    }
    found = comments(session)
    assert found["deepest"].thread_id == found["top"].id
    assert found["deepest"].answers_id == found["deeper"].id
    assert found["not for everybody"].visibility == "hidden"
    assert (found["top"].reply_count, proposals(session)["TE27-001"].comment_count) == (3, 6)
    later = file("d.csv", "id,proposalId,parentId,text\nd1,,c4,later\nd2,2,c1,astray\n")
    report = brought("comments", later, "--consultation", consultation)
    assert [row["reasons"] for row in report["rows"]] == [["depth_flattened"], ["parent_elsewhere"]]
    found = comments(session)
    assert found["later"].answers_id == found["deepest"].id
    assert found["later"].thread_id == found["top"].id
    assert found["astray"].thread_id is None
    assert counts(brought("comments", later, "--consultation", consultation))[:3] == (2, 0, 2)


def test_unreadable_files_change_nothing(consultation, run, file, dump):
    before = dump()
    damaged = "id,title\n" + "".join(f"{number},Title {number}\n" for number in range(2000))
    for name, content, words in (
        ("empty.csv", "", "The file is empty"),
        ("cut.csv", damaged.encode() + "ééé".encode()[:-1], "The text is damaged"),
        ("quote.csv", damaged + '3000,"never closed\n', "quotation mark"),
        ("other.csv", "colour,shape\nred,round\n", "None of the columns is known"),
        ("broken.json", '[{"title": "A"}', "not valid JSON"),
        ("picture.csv", b"\x89PNG\r\n\x1a\n\0\0", "binary data"),
    ):
        result = run("import", "proposals", file(name, content), "--consultation", consultation, status=1)
        assert words in result.stderr
        assert result.stdout == ""
    assert dump() == before


def test_wrong_use_is_told_from_a_wrong_file(consultation, run, file):
    path = file("p.csv", PROPOSALS)
    for wrong in (
        ["--map", "title"],
        ["--map", "title=heading"],
        ["--state", "yes=perhaps"],
        ["--language", "franglais"],
    ):
        run("import", "proposals", path, "--consultation", consultation, *wrong, status=2)
    run("import", "proposals", path, "--consultation", "nowhere", status=1)
    run("import", "proposals", path.parent, "--consultation", consultation, status=2)


def test_who_may_import(consultation, run, file):
    path = file("p.csv", PROPOSALS)
    run("users", "create", "delegate@example.org", "--role", "delegate")
    run("users", "create", "organizer@example.org", "--role", "organizer")
    common = ("import", "proposals", path, "--consultation", consultation)
    assert "Not allowed" in run(*common, "--as", "delegate@example.org", status=1).stderr
    run(*common, "--as", "organizer@example.org")


def test_organizations_get_codes_and_are_known_again(words, brought, file, session):
    path = file(
        "o.csv", "name,nom,sector,languages\nNorth Star Society,,zzz,fr\nNorth Star Society,,,\n,Société du Nord,,\n"
    )
    report = brought("organizations", path)
    assert [(row["status"], row["reasons"]) for row in report["rows"]] == [
        ("flagged", ["vocabulary_unknown"]),
        ("unchanged", []),
        ("imported", []),
    ]
    found = {row.code: row for row in session.scalars(select(MemberOrganization))}
    assert {code: (row.name, row.state.value) for code, row in found.items()} == {
        "NSS": ("North Star Society", "verified"),
        "SDN": ("Société du Nord", "verified"),
    }
    assert found["NSS"].original == {"sector": "zzz"}
    assert counts(brought("organizations", path)) == (3, 0, 3, 0, 0)


def test_ballots_are_assembled_per_voter(consultation, run, brought, file):
    run("import", "proposals", file("p.csv", "id,title\na,A\nb,B\nc,C\n"), "--consultation", consultation, "--publish")
    run("items", "admit", "--all", "--consultation", consultation)
    run("contests", "create", consultation, "--code", "PAPER", "--kind", "shortlist", "--places", "1", "--no-roll")
    marks = file(
        "b.csv",
        "voter,item,vote,time\nv1,a,1,2027-01-01\nv1,a,0,2027-01-02\nv1,TE27-A002,1,2027-01-01\n"
        "v2,TE27-003,1,2027-01-01\nv3,zz,1,2027-01-01\n,a,1,2027-01-01\n",
    )
    refused = run("import", "ballots", marks, "--contest", "PAPER", "--approve", "1", status=1)
    assert "is not open" in refused.stderr
    run("contests", "open", "PAPER")
    report = brought("ballots", marks, "--contest", "PAPER", "--approve", "1")
    assert counts(report) == (6, 4, 0, 0, 2)
    assert report["marks"] == {"events": 4, "pairs": 3, "repeated": 1, "superseded": 1}
    assert report["ballots"] == {"imported": 2, "revised": 0, "unchanged": 0, "refused": {}}
    again = brought("ballots", marks, "--contest", "PAPER", "--approve", "1")
    assert again["ballots"] == {"imported": 0, "revised": 0, "unchanged": 2, "refused": {}}
    assert counts(again) == (6, 0, 4, 0, 2)


def test_no_report_tells_which_voters_have_cast_a_ballot(session, clock, file):
    now = clock.now()
    consultation = voting.make_consultation(session, now)
    first, second = (item.code for item in voting.make_items(session, consultation, now, 2))
    alpha, _beta = (voting.make_delegate(session, now, code) for code in ("ALPHA", "BETA"))
    contest = voting.make_contest(session, consultation, now, places=1)
    voting.commit(session)
    who = {"organization_id": alpha.organization.id, "actor": alpha.actor, "clock": clock.now}
    cast(session, contest, ballot=[[first]], key=uuid.uuid4().hex, **who)
    marks = file("b.csv", f"voter,item\nALPHA,{second}\nBETA,{second}\nGAMMA,{second}\n")
    contents = Source(path=marks).read(Kind.BALLOTS)
    # Once rehearsed, once done, and once more when BETA's is in the box: it tells neither of the two apart.
    with rehearsal(session):
        reports = [import_ballots(session, contest, contents, actor=OPERATOR, now=now).to_dict()]
    session.refresh(contest)
    reports += [import_ballots(session, contest, contents, actor=OPERATOR, now=now).to_dict() for _ in range(2)]
    for report in reports:
        assert [(row["status"], row["reasons"]) for row in report["rows"]] == [
            ("imported", []),
            ("imported", []),
            ("rejected", ["voter_unknown"]),
        ]
        assert (report["reasons"], report["ballots"]) == ({"voter_unknown": 1}, {"taken": 2, "refused": {}})
    final = [from_content(row.content).tiers for row in final_contents(session, contest.id)]
    assert sorted(final) == [((first,),), ((second,),)]


def test_what_is_no_ballot_does_not_tell_who_has_cast_one(session, clock, file):
    now = clock.now()
    consultation = voting.make_consultation(session, now)
    codes = [item.code for item in voting.make_items(session, consultation, now, 3)]
    alpha, _beta = (voting.make_delegate(session, now, code) for code in ("ALPHA", "BETA"))
    contest = voting.make_contest(session, consultation, now, places=1, max_choices=1, max_essential=1)
    voting.commit(session)
    who = {"organization_id": alpha.organization.id, "actor": alpha.actor, "clock": clock.now}
    cast(session, contest, ballot=[[codes[0]]], key=uuid.uuid4().hex, **who)
    too_many = "".join(f"{voter},{code}\n" for voter in ("ALPHA", "BETA") for code in codes)
    contents = Source(path=file("b.csv", f"voter,item\n{too_many}")).read(Kind.BALLOTS)
    report = import_ballots(session, contest, contents, actor=OPERATOR, now=now).to_dict()
    assert report["ballots"] == {"taken": 0, "refused": {"ALPHA": "too_many_choices", "BETA": "too_many_choices"}}


def test_the_report_names_what_was_rejected_and_says_why_marks_do_not_count(consultation, run, file):
    path = file("p.csv", "id,title,state\na,A,ok\nb,B,no\nc,,ok\n")
    told = run("import", "proposals", path, "--consultation", consultation, "--state", "no=declined", "--publish")
    assert "  row 4 (c) rejected: empty\n" in told.stdout
    run("items", "admit", "--all", "--consultation", consultation)
    run("contests", "create", consultation, "--code", "PAPER", "--kind", "shortlist", "--places", "1", "--no-roll")
    run("contests", "open", "PAPER")
    marks = file("b.csv", "voter,item,vote\nv1,a,0\nv1,b,1\nv1,a,1\n")
    told = run("import", "ballots", marks, "--contest", "PAPER", "--approve", "1").stdout
    assert told.splitlines() == [
        "read 3  imported 2  unchanged 0  flagged 0  rejected 1",
        f"       1  item_absent: {Reason.ITEM_ABSENT.explanation}",
        "marks read 2  replaced by a later one of the same voter on the same item 1  that count 1",
        "ballots imported 1  revised 0  unchanged 0  refused 0",
        "  row 3 rejected: item_absent",
    ]


def test_a_refused_file_names_the_option_that_helps(consultation, run, file, dump):
    before = dump()
    for content, option in (
        (b"foo,bar\n1,2\n", "Use --map COLUMN=FIELD."),
        (b"ref,foo\n1,2\n", "Use --map COLUMN=FIELD."),
        (b"ref|title\n1|2\n", "If they are, say by which with --delimiter."),
        (b"ref,title\n1,caf\xc3", "If you know its encoding, say it with --encoding."),
        (b"ref,title\n1,\x81\xe9 b\n", "If you know its encoding, say it with --encoding."),
    ):
        refused = run("import", "proposals", file("p.csv", content), "--consultation", consultation, status=1)
        assert refused.stderr.endswith(f" {option} Nothing was imported.\n")
    assert dump() == before


def test_an_imported_proposal_tells_when_it_was_first_made(consultation, run, file, client):
    """Its comments keep their dates, so that they must not seem to be older than what they speak of."""
    path = file("p.csv", "id,title,date\n1,Old,2018-10-11\n2,Undated,\n")
    run("import", "proposals", path, "--consultation", consultation, "--publish")
    for lang, told in (
        ("en", "first made on October 11, 2018"),
        ("fr", "faite d’abord le 11 octobre 2018"),
        ("es", "hecha originalmente el 11 de octubre de 2018"),
    ):
        assert f'<span class="whole">{told}</span>' in client.get(f"/{lang}/proposals/TE27-001").text
        assert '· <span class="whole">' + told[:10] not in client.get(f"/{lang}/proposals/TE27-002").text


def test_a_row_that_differs_from_what_is_stored_is_named(consultation, run, file, dump):
    run("import", "proposals", file("p.csv", "id,title\na,A\nb,B\n"), "--consultation", consultation)
    before = dump()
    told = run("import", "proposals", file("p.csv", "id,title\na,A\nb,Bee\n"), "--consultation", consultation)
    assert told.stdout.splitlines() == [
        "read 2  imported 0  unchanged 2  flagged 0  rejected 0",
        f"       1  differs_from_stored: {Reason.DIFFERS_FROM_STORED.explanation}",
        "  row 3 (b) unchanged: differs_from_stored",
    ]
    assert dump() == before


def test_what_comes_too_early_says_what_comes_first(consultation, run, file, tmp_path):
    run("import", "proposals", file("p.csv", "id,title\na,A\n"), "--consultation", consultation, "--publish")
    run("items", "admit", "--all", "--consultation", consultation)
    create = ("contests", "create", consultation, "--kind", "shortlist", "--places", "1", "--no-roll", "--code")
    run(*create, "PAPER")
    assert run(*create, "PAPER", status=1).stderr == ("Error: There is a contest PAPER already. Choose another code.\n")
    dates = ("--opens", "2027-05-02", "--closes", "2027-05-01")
    assert run(*create, "OTHER", *dates, status=1).stderr == "Error: It would have to close after it opens.\n"
    assert run("contests", "close", "PAPER", status=1).stderr == (
        "Error: Cannot do closure: it is configured, and would have to be open.\n"
    )
    assert run("agenda", "draft", consultation, "--contest", "PAPER", status=1).stderr == (
        "Error: The result of PAPER is not published, so no agenda can follow it: the contest is configured. "
        "'consultation contests publish PAPER' comes first.\n"
    )
    target = tmp_path / "x"
    assert run("export", "ballots", "PAPER", "-o", target, status=1).stderr == (
        "Error: The result of PAPER is not published: the contest is configured. Nothing was written.\n"
    )
    export = ("export", "agenda", consultation, "--format", "md", "--lang", "en", "-o", target)
    assert "has no release yet. Make one with" in run(*export, status=1).stderr
    for step in ("open", "close", "tally", "publish"):
        run("contests", step, "PAPER")
    assert "Drafted: 1 item in 1 section.\n" in run("agenda", "draft", consultation, "--contest", "PAPER").stderr
    run("agenda", "release", consultation)
    refused = run(*export, "--release", "9", status=1).stderr
    assert refused == f"Error: The agenda of {consultation} has no release 9. It has: 0.1.\n"
    assert not target.exists()


def test_a_file_that_cannot_be_read_and_a_pipe(consultation, run, file, tmp_path, dump):
    before = dump()
    refused = run("import", "proposals", "/proc/self/mem", "--consultation", consultation, status=1)
    assert refused.stderr == "Error: /proc/self/mem cannot be read: Invalid argument. Nothing was imported.\n"
    assert dump() == before
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(b"ref,title\n1,One\n",))
    writer.start()
    told = run("import", "proposals", pipe, "--consultation", consultation)
    writer.join()
    assert told.stdout == "read 1  imported 1  unchanged 0  flagged 0  rejected 0\n"


def test_a_report_survives_its_json(consultation, run, file):
    path = file("p.csv", "id,title,\n1,One,x\n1,Two,\n2,,\n")
    report = json.loads(run("import", "proposals", path, "--consultation", consultation, "--json").stdout)
    del report["dry_run"]
    again = ImportReport.from_dict(report)
    assert again.to_dict() == report
    assert [notice.code for notice in again.notices] == ["unnamed_column"]
    assert again.reasons[Reason.DUPLICATE_REF] == 1


def test_comments_of_a_second_file_raise_the_counters_of_the_first(consultation, brought, file, session):
    brought("proposals", file("p.csv", PROPOSALS), "--consultation", consultation, "--publish")
    brought(
        "comments",
        file("c.csv", "id,proposalId,parentId,text\nc1,1,,top\nc2,1,c1,reply\n"),
        "--consultation",
        consultation,
    )
    later = "id,proposalId,parentId,text,status\nd1,1,c1,again,\nd2,1,c2,deep,\nd3,1,c1,unseen,bad\n"
    brought("comments", file("d.csv", later), "--consultation", consultation, "--publish", "--state", "bad=declined")
    assert (comments(session)["top"].reply_count, proposals(session)["TE27-001"].comment_count) == (3, 4)
    assert session.scalars(select(Consultation.comment_count)).one() == 4
    assert session.scalars(select(func.count()).where(EventRecord.name == "CommentPosted")).one() == 5


def test_small_rules():
    assert tiers_of({"a": "2", "b": "1", "c": "1", "d": ""}) == (("b", "c"), ("a",), ("d",))
    assert public_label("someone@example.org") is None
    assert code_from("North Star", {"NS", "ns-2"}) == "NS-3"
    assert code_from("Étoile", ()) == "ÉTOILE"

"""The open-data bundle: complete, safe, and the same each time."""

import hashlib
import json
import zipfile

import pytest

from consultation.drafting.wording import licence

ADDRESS = "person@example.org"
PROPOSALS = (
    "id,title,remedy,author,status,secret\n"
    f"1,=SUM(A1),Public remedy,{ADDRESS},yes,private note\n"
    "2,Refused title,Refused remedy,Author Forty-Two,no,\n"
    "3,Waiting title,Waiting remedy,,wait,\n"
)


@pytest.fixture
def bundle(consultation, run, file, tmp_path):
    states = ("--state", "yes=published", "--state", "no=declined", "--state", "wait=submitted")
    run("import", "organizations", file("o.csv", "code,name\n" + "".join(f"O{n},Group {n}\n" for n in range(3))))
    run("import", "proposals", file("p.csv", PROPOSALS), "--consultation", consultation, "--language", "en", *states)
    comments = "id,proposalId,parentId,text,status\nc1,1,,Hidden words,no\nc2,1,c1,Shown reply,yes\n"
    run("import", "comments", file("c.csv", comments), "--consultation", consultation, *states)
    run("items", "admit", "--all", "--consultation", consultation)
    run("contests", "create", consultation, "--code", "C1", "--kind", "shortlist", "--places", "1", "--no-roll")
    run("contests", "open", "C1")
    marks = "voter,item\n" + "".join(f"v{number},1\n" for number in range(100))
    run("import", "ballots", file("b.csv", marks), "--contest", "C1")
    run("contests", "close", "C1")
    run("contests", "tally", "C1", "--beacon", "b")
    before = tmp_path / "before.zip"
    run("export", "data", consultation, "-o", before)
    run("contests", "publish", "C1")
    target = tmp_path / "bundle.zip"
    run("export", "data", consultation, "-o", target)
    return before, target


def tables(path):
    with zipfile.ZipFile(path) as opened:
        return {
            name.removeprefix("json/").removesuffix(".json"): json.loads(opened.read(name))
            for name in opened.namelist()
            if name.startswith("json/")
        }


def test_everything_public_and_nothing_else(bundle):
    before, target = bundle
    found = tables(target)
    assert [row["title"] for row in found["proposals"]] == ["=SUM(A1)"]
    assert found["dispositions"] == [{"code": "TE27-002", "state": "declined", "reason": "imported_decision"}]
    assert [(row["body"], row["thread"], row["answers"]) for row in found["comments"]] == [("Shown reply", None, None)]
    assert [(row["item"], row["proposal"]) for row in found["provenance"]] == [("TE27-A001", "TE27-001")]
    assert [row["code"] for row in found["contests"]] == ["C1"]
    assert (len(found["chain"]), len(found["ballots"])) == (100, 100)
    assert found["tallies"][0]["contest"] == "C1"
    assert [len(tables(before)[name]) for name in ("contests", "chain", "ballots", "tallies")] == [0, 0, 0, 0]
    with zipfile.ZipFile(target) as opened:
        everything = b"".join(opened.read(name) for name in opened.namelist()).decode()
    for kept_back in (ADDRESS, "Refused", "Waiting", "Forty-Two", "Hidden words", "private note", "author_id"):
        assert kept_back not in everything


def test_manifest_names_every_file_and_bytes_repeat(bundle, run, consultation, tmp_path):
    _, target = bundle
    with zipfile.ZipFile(target) as opened:
        manifest = json.loads(opened.read("manifest.json"))
        assert sorted(manifest["files"]) == sorted(set(opened.namelist()) - {"manifest.json"})
        for name, described in manifest["files"].items():
            assert hashlib.sha256(opened.read(name)).hexdigest() == described["sha256"]
        assert b"'=SUM(A1)" in opened.read("csv/proposals.csv")
    run("export", "data", consultation, "-o", tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == target.read_bytes()


def test_the_licence_is_the_one_that_the_agenda_names(bundle):
    _, target = bundle
    with zipfile.ZipFile(target) as opened:
        said = opened.read("LICENCE.txt").decode()
    terms = licence()
    assert [part for part in (*terms["name"].values(), terms["url"]) if part not in said] == []
    assert terms["url"].startswith("https://creativecommons.org/licenses/by/4.0/")


def test_json_follows_its_schema(bundle):
    from jsonschema import Draft202012Validator

    _, target = bundle
    with zipfile.ZipFile(target) as opened:
        schema = json.loads(opened.read("schema.json"))
    for name, rows in tables(target).items():
        validator = Draft202012Validator(schema | {"$ref": f"#/$defs/{name}"})
        assert [error.message for error in validator.iter_errors(rows)] == []


def test_ballots_can_be_opened_against_the_chain(bundle):
    from consultation.voting import chain

    _, target = bundle
    found = tables(target)
    (contest,) = found["contests"]
    entries = [chain.Entry(**{name: row[name] for name in chain.Entry.__slots__}) for row in found["chain"]]
    assert chain.digest("contest/frozen/1", chain.canonical(contest["frozen"])) == contest["frozen_sha256"]
    assert chain.verify_chain("C1", chain.genesis("C1", contest["frozen_sha256"]), entries) is None
    committed = {entry.commitment for entry in entries}
    for row in found["ballots"]:
        assert chain.commitment("C1", chain.canonical(row["ballot"]), row["nonce"]) == row["commitment"]
        assert row["commitment"] in committed


def test_the_bundle_checks_out(bundle, run):
    """With the verifier that the command shares with whoever downloads it."""
    _, target = bundle
    assert "Everything that was checked holds." in run("verify", target).stdout
    found = tables(target)
    assert [row["kind"] for row in found["checkpoints"]] == ["opening", *["step"] * 10, "closing"]
    (contest,) = found["contests"]
    assert (contest["signing_key"], contest["record"]["final"]) == (contest["frozen"]["signing_key"], 100)


def test_agenda_of_a_consultation_without_release_says_what_to_do(consultation, run, tmp_path):
    target = tmp_path / "a.pdf"
    refused = run("export", "agenda", consultation, "--format", "pdf", "--lang", "en", "-o", target, status=1)
    assert "agenda release" in refused.stderr
    assert not target.exists()

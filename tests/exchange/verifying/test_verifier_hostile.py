"""Files that wish the verifier ill end in clear words and exit 2, in any language, never in a traceback."""

import io
import json
import random
import zipfile

import pytest

from consultation.exchange.verifying import ballot_box_verifier as verifier
from tests.exchange.verifying.boxes import filled, packed


@pytest.fixture(scope="module")
def tables():
    return filled(random.Random(5), voters=8).close()


def zipped(*files, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return out.getvalue()


def with_file(name, content):
    return lambda tables: packed(tables, change=lambda files: files.update({name: content}))


def encrypted(tables):
    content = bytearray(packed(tables))
    for at in range(len(content)):
        if content[at : at + 4] == b"PK\x01\x02":
            content[at + 8] |= 1
        if content[at : at + 4] == b"PK\x03\x04":
            content[at + 6] |= 1
    return bytes(content)


def torn(tables):
    content = bytearray(packed(tables))
    content[len(content) // 3] ^= 0xFF
    return bytes(content)


CONTESTS = "json/contests.json"
HOSTILE = {
    "nothing": (lambda tables: b"", "not_a_zip"),
    "text": (lambda tables: b"not a zip file", "not_a_zip"),
    "cut off": (lambda tables: packed(tables)[:-30], "not_a_zip"),
    "a byte flipped": (torn, "not_a_zip"),
    "encrypted": (encrypted, "odd_entry"),
    "another packing": (lambda tables: zipped(("manifest.json", b"{}"), method=zipfile.ZIP_LZMA), "odd_entry"),
    "another zip": (lambda tables: zipped(("a.txt", b"a")), "no_bundle"),
    "a manifest alone": (lambda tables: zipped(("manifest.json", b'{"files": {}}')), "no_bundle"),
    "a list as manifest": (lambda tables: zipped(("manifest.json", b"[]"), (CONTESTS, b"[]")), "no_bundle"),
    "too many files": (lambda tables: zipped(*((f"{n}.txt", b"") for n in range(501))), "too_many_files"),
    "a file twice": (lambda tables: doubled(), "file_twice"),
    "no JSON": (with_file(CONTESTS, b"[{"), "bad_json"),
    "no UTF-8": (with_file(CONTESTS, b'["\xff"]'), "bad_json"),
    "an object for a list": (with_file(CONTESTS, b"{}"), "bad_json"),
    "a name twice": (with_file(CONTESTS, b'[{"code": "A", "code": "B"}]'), "bad_json"),
    "half a character": (with_file(CONTESTS, rb'["\ud800"]'), "bad_json"),
    "not a number": (with_file(CONTESTS, b"[NaN]"), "bad_json"),
    "a fraction": (with_file(CONTESTS, b"[1e9999]"), "bad_json"),
    "a number without end": (with_file(CONTESTS, b"[" + b"9" * 10_000 + b"]"), "bad_json"),
    "a deep nest": (with_file(CONTESTS, b"[" * 200_000), "bad_json"),
}


def doubled():
    with pytest.warns(UserWarning, match="Duplicate name"):
        return zipped(("manifest.json", b"{}"), ("manifest.json", b"{}"))


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_bundle_is_refused_in_clear_words(name, tables, tmp_path, capsys):
    make, code = HOSTILE[name]
    target = tmp_path / "b.zip"
    target.write_bytes(make(tables))
    said = {}
    for language in verifier.LANGUAGES:
        assert verifier.main([str(target), "--lang", language]) == 2
        printed = capsys.readouterr()
        assert printed.out == ""
        assert printed.err.count("\n") == 1
        said[language] = printed.err
    assert len(set(said.values())) == 3
    assert verifier.main([str(target), "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"] == code


def test_a_bomb_is_counted_while_it_is_read(tables, tmp_path, capsys, monkeypatch):
    """What a header says of the size is not believed: bytes are counted as they come."""
    target = tmp_path / "bomb.zip"
    target.write_bytes(packed(tables, change=lambda files: files.update({"csv/chain.csv": bytes(20_000_000)})))
    assert target.stat().st_size < 100_000
    assert verifier.main([str(target)]) == 0
    monkeypatch.setattr(verifier, "MOST_BYTES_OF_A_FILE", 10_000_000)
    assert verifier.main([str(target)]) == 2
    monkeypatch.setattr(verifier, "MOST_BYTES_OF_A_FILE", 1_000_000_000)
    monkeypatch.setattr(verifier, "MOST_BYTES_IN_ALL", 15_000_000)
    assert verifier.main([str(target)]) == 2
    assert "csv/chain.csv" in capsys.readouterr().err


def test_a_path_that_climbs_is_a_name_like_any_other(tables, tmp_path):
    """Nothing is unpacked, so it leads nowhere."""
    folder = tmp_path / "in"
    folder.mkdir()
    target = folder / "b.zip"
    target.write_bytes(packed(tables, change=lambda files: files.update({"../../out.txt": b"out"})))
    assert verifier.main([str(target)]) == 0
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["b.zip", "in"]


@pytest.mark.parametrize("content", [b"", b"[", b"\xff", b'{"a": 1, "a": 2}', b"[" * 100_000])
def test_a_kept_file_that_is_no_json(content, tables, tmp_path, capsys):
    (tmp_path / "b.zip").write_bytes(packed(tables))
    (tmp_path / "kept.json").write_bytes(content)
    for option in ("--checkpoint", "--receipt"):
        assert verifier.main([str(tmp_path / "b.zip"), option, str(tmp_path / "kept.json")]) == 2
    assert "kept.json" in capsys.readouterr().err


def test_files_that_are_not_there(tmp_path, capsys):
    assert verifier.main([str(tmp_path / "none.zip")]) == 2
    assert verifier.main([str(tmp_path)]) == 2
    assert capsys.readouterr().err.count("\n") == 2


def values(source):
    """Anything that JSON can hold in the place of what belongs there."""
    return source.choice(
        [None, True, -1, 0, 10**30, "", "x", "\u202e\x00", [], [[]], {}, {"code": []}, ["a", 1], "f" * 64]
    )


def paths(value, at=()):
    yield at
    if isinstance(value, dict):
        for name in value:
            yield from paths(value[name], (*at, name))
    if isinstance(value, list):
        for number in range(len(value)):
            yield from paths(value[number], (*at, number))


def test_any_value_in_any_place_is_a_finding_and_never_a_crash(tables, tmp_path, capsys):
    """A thousand bundles, in each of which something was put where it does not belong."""
    source = random.Random(11)
    places = [place for place in paths(tables) if len(place) > 1]
    for _round in range(1_000):
        spoilt = json.loads(json.dumps(tables))
        place = source.choice(places)
        inside = spoilt
        for step in place[:-1]:
            inside = inside[step]
        inside[place[-1]] = values(source)
        bundle = verifier.Bundle({"files": {}}, {}, spoilt)
        report = verifier.verify(bundle, [], [])
        say = verifier.Speaker(source.choice(verifier.LANGUAGES))
        assert json.loads(verifier.as_json(report, say, "b.zip", ""))
        assert verifier.as_text(report, say, "b.zip", "").isprintable() is False  # it has lines, and nothing else odd

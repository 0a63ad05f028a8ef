"""Columns to fields, rows, identity and the report, on small files."""

import io
import json

import pytest

from consultation.exchange.reading import (
    BadMapping,
    ImportReport,
    Options,
    Reason,
    map_columns,
    open_table,
    parse_states,
    read_rows,
)
from consultation.exchange.reading.errors import MESSAGES
from consultation.exchange.reading.fields import FIELDS, key
from consultation.exchange.reading.reasons import EXPLANATIONS


def read(kind, text, *maps, options=None, with_states=False):
    data = text.encode() if isinstance(text, str) else json.dumps(text).encode()
    with open_table(io.BytesIO(data)) as table:
        return list(read_rows(table, map_columns(kind, table.columns, maps, with_states=with_states), options))


def codes(row):
    return [reason.value for reason in row.reasons]


@pytest.mark.parametrize("kind", list(FIELDS))
def test_no_column_name_means_two_fields_and_names_are_written_as_they_are_compared(kind):
    names = [alias for field in FIELDS[kind] for alias in field.aliases]
    assert sorted(set(names)) == sorted(set(map(key, names)))
    assert len(set(names)) == len(names)


def test_explicit_mapping_wins_for_its_column_and_its_field():
    columns = ["ID", "Résumé", "text", "Date ", "x=y"]
    assert map_columns("proposals", columns).fields == {
        "ref": ("ID",),
        "barrier": ("Résumé",),
        "remedy": ("text",),
        "created_at": ("Date ",),
    }
    mapped = map_columns("proposals", columns, ["resume=remedy", "text=remedy", "x=y=title", "date="])
    assert mapped.fields == {"ref": ("ID",), "title": ("x=y",), "remedy": ("Résumé", "text")}
    assert mapped.unmapped == ("Date ",)


@pytest.mark.parametrize(
    ("kind", "maps", "code"),
    [
        ("proposals", ["a"], "bad_map"),
        ("proposals", ["=title"], "bad_map"),
        ("proposals", ["zz=title"], "unknown_column"),
        ("proposals", ["a=nothing"], "unknown_field"),
        ("proposals", ["a=title", "b=title"], "field_mapped_twice"),
        ("proposals", ["a=title", "a=barrier"], "column_mapped_twice"),
        ("proposals", [], "wrong_columns"),
        ("proposals", ["a=ref"], "field_missing"),
        ("comments", ["a=item_ref"], "field_missing"),
        ("ballots", ["a=voter"], "field_missing"),
        ("organizations", ["a=code"], "field_missing"),
    ],
)
def test_bad_mappings_are_refused(kind, maps, code):
    with pytest.raises(BadMapping) as caught:
        map_columns(kind, ["a", "b"], maps)
    assert caught.value.code == code
    assert "%(" not in str(caught.value)


def test_wrong_columns_say_what_is_there_and_what_is_expected():
    with pytest.raises(BadMapping) as caught:
        map_columns("comments", ["foo", "bar"])
    assert caught.value.params["found"] == "foo, bar"
    assert "item_ref" in caught.value.params["expected"]
    assert "--map" not in str(caught.value)  # pages ask with fields
    assert caught.value.message(lambda text: "fr " + text).startswith(
        "fr None of the columns is known. The file has: foo"
    )


def test_a_file_whose_columns_were_not_told_apart_is_refused_as_that():
    with pytest.raises(BadMapping) as caught:
        map_columns("proposals", ["ref|title|remedy"])
    assert (caught.value.code, caught.value.params) == ("one_column", {"found": "ref|title|remedy"})
    with pytest.raises(BadMapping) as caught:
        map_columns("proposals", ["what we want"])
    assert caught.value.code == "wrong_columns"
    assert map_columns("proposals", ["a|b"], ["a|b=title"]).fields == {"title": ("a|b",)}


def test_bad_states_and_languages_are_refused():
    assert parse_states(["1=published", " A=b =Declined"]) == {"1": "published", "a=b": "declined"}
    for given_ in ("1", "=published", "1=hidden"):
        with pytest.raises(BadMapping, match="state"):
            parse_states([given_])
    with pytest.raises(BadMapping, match="language"):
        read("comments", "text\nx\n", options=Options(language="klingon"))


def test_a_proposal_with_everything():
    [row] = read(
        "proposals",
        "ref;title;barrier;evidence;remedy;theme;issues;sectors;jurisdictions;language;organization;author;created_at;"
        "source_url;extra\n"
        'P1; A  title;b;e;r;t;i1, i2;s;"j1|j2";fr-CA;Org;Me;2026-01-02;https://x.ca/;kept\n',
        options=Options(language="en"),
    )
    assert (row.ref, row.title, row.barrier, row.evidence, row.remedy, row.theme) == (
        "P1",
        "A title",
        "b",
        "e",
        "r",
        "t",
    )
    assert (row.issues, row.sectors, row.jurisdictions) == (("i1", "i2"), ("s",), ("j1", "j2"))
    assert (row.language, row.organization, row.author, row.source_url) == ("fr", "Org", "Me", "https://x.ca/")
    assert (row.created_at.isoformat(), row.state, row.number) == ("2026-01-02T00:00:00+00:00", "submitted", 2)
    assert (row.reasons, row.original) == ((), {"extra": "kept"})


def test_titles_missing_and_too_long():
    long = "word " * 60
    rows = read("proposals", [{"text": "Do it. Now."}, {"title": long, "text": "body"}, {"title": long}, {"ref": "3"}])
    assert [(row.title, codes(row)) for row in rows[:1]] == [("Do it", ["title_derived"])]
    assert rows[0].remedy == "Do it. Now."
    assert codes(rows[1]) == codes(rows[2]) == ["title_shortened"]
    assert len(rows[1].title) <= 200
    assert rows[1].remedy == long.strip() + "\n\nbody"
    assert rows[2].remedy == long.strip()
    assert (codes(rows[3]), rows[3].rejected) == (["empty"], True)


def test_what_is_altered_or_unreadable_is_kept_as_original():
    [row] = read(
        "proposals",
        [
            {
                "text": "<p>a\u0000</p>",
                "language": "xx",
                "date": "Mon WIB",
                "source": "javascript:x",
                "author": "x" * 300,
                "n": [1, 2],
            }
        ],
        options=Options(language="fr"),
    )
    assert set(codes(row)) == {
        "title_derived",
        "html_cleaned",
        "characters_removed",
        "language_unknown",
        "date_unreadable",
        "url_unsafe",
        "value_shortened",
    }
    assert (row.remedy, row.language, row.created_at, row.source_url, len(row.author)) == ("a", None, None, None, 200)
    assert row.original == {
        "text": "<p>a\ufffd</p>",
        "language": "xx",
        "date": "Mon WIB",
        "source": "javascript:x",
        "author": "x" * 300,
        "n": ["1", "2"],
    }


def test_several_columns_join_in_one_text_and_lists_become_lists():
    [row] = read("proposals", [{"a": "one", "b": ["x", "y"], "c": ""}], "a=barrier", "c=barrier", "b=barrier")
    assert row.barrier == "one\n\n- x\n- y"


def test_states_come_from_the_callers_map():
    text = "text,moderated\na,1\nb,-1\nc,7\nd,\n"
    states = parse_states(["1=published", "-1=declined"])
    rows = read("proposals", text, options=Options(states=states), with_states=True)
    assert [row.state for row in rows] == ["published", "declined", "submitted", "submitted"]
    assert [Reason.STATE_UNKNOWN in row.reasons for row in rows] == [False, False, True, False]
    rows = read("proposals", text, options=Options(states=states, default_state="published"), with_states=True)
    assert [row.state for row in rows] == ["published", "declined", "published", "published"]
    assert read("proposals", text)[1].original == {"moderated": "-1"}


def test_identity_is_the_ref_and_its_occurrence_or_the_content():
    text = "ref,text\n1,a\n1,b\n,c\n,c\n2,a\n"
    rows = read("comments", text)
    assert [codes(row) for row in rows] == [[], ["duplicate_ref"], [], [], []]
    assert len({row.identity for row in rows}) == 5
    again = read("comments", text, options=Options(language="fr", default_state="published"))
    assert [row.identity for row in again] == [row.identity for row in rows]
    edited = read("comments", text.replace("1,b", "1,B"))
    assert [row.identity for row in edited] == [row.identity for row in rows]
    assert [a.digest == b.digest for a, b in zip(edited, rows, strict=True)] == [True, False, True, True, True]
    assert [row.identity for row in read("comments", text.replace("\n", "\r\n"))] == [row.identity for row in rows]


def test_organizations_and_marks():
    [row, empty] = read(
        "organizations",
        'code,name,nom,languages,url\nABC,Name,Nom,"en;français;xx",www.x.ca\nD,,,,\n',
    )
    assert (row.code, row.name, row.name_fr, row.languages, row.website) == (
        "ABC",
        "Name",
        "Nom",
        ("en", "fr"),
        "https://www.x.ca",
    )
    assert (codes(row), codes(empty)) == (["language_unknown"], ["empty"])
    assert [codes(mark) for mark in read("ballots", "voter,item,value\nv,i,1\n,i,1\nv,,1\n")] == [
        [],
        ["incomplete"],
        ["incomplete"],
    ]


def test_the_report_adds_up_and_says_how_the_file_was_read():
    with open_table(io.BytesIO(b"ref;text;more\n1;a;x\n1;b;x\n2;;x\n3;c;\n")) as table:
        columns = map_columns("comments", table.columns)
        report = ImportReport.of(table, columns)
        for row in read_rows(table, columns):
            if row.ref == "3":
                report.add(row, stored=False, also=[Reason.ITEM_ABSENT])
            else:
                report.add(row, unchanged=row.text == "a")
    found = report.to_dict()
    assert [found[name] for name in ("read", "imported", "unchanged", "flagged", "rejected")] == [4, 0, 1, 1, 2]
    assert found["rows"][1] == {"row": 3, "ref": "1", "status": "flagged", "reasons": ["duplicate_ref"]}
    assert found["rows"][3] == {"row": 5, "ref": "3", "status": "rejected", "reasons": ["item_absent"]}
    assert (found["unmapped"], found["encoding"], found["delimiter"]) == (["more"], "UTF-8", ";")
    assert found["columns"] == {"ref": ["ref"], "text": ["text"]}
    assert report.rows[2].explanations(str.upper) == [Reason.EMPTY.explanation.upper()]
    assert json.loads(json.dumps(found)) == found


def test_every_code_has_its_sentence():
    assert set(EXPLANATIONS) == set(Reason)
    assert all(text.endswith(".") for text in (*EXPLANATIONS.values(), *MESSAGES.values()))

"""Text and single values: cleaned without loss, or refused with a reason."""

import datetime as dt
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consultation.exchange.reading import Reason
from consultation.exchange.reading.text import clean_line, clean_text, derive_title, shorten
from consultation.exchange.reading.values import (
    read_date,
    read_date_parts,
    read_language,
    read_list,
    read_stance,
    read_url,
)


@pytest.mark.parametrize(
    "text",
    ["a < b & c", "I <3 you", "if a <b and c> d", "AT&amp;T", "# not a title\n* x", "<me>", "a <!-- b", "x\n\n\n\ty"],
)
def test_plain_text_passes_unchanged(text):
    assert clean_text(text) == (text, ())


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p>One</p><p>Two<br>three &amp; &lt;four&gt;</p>", "One\n\nTwo\nthree & <four>"),
        ("<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>end", "- a\n- b\n  - c\n\nend"),
        ("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b"),
        ('See <a href="https://e.org/a(b)">the <b>page</b></a>.', "See [the page](https://e.org/a%28b%29)."),
        ('<a href="javascript:alert(1)">this</a> <a href="https://x.ca">https://x.ca</a>', "this https://x.ca"),
        ("<p>Prix&nbsp;: 5</p><script>alert(1)</script><style>p{}</style>", "Prix\u00a0: 5"),
        ("x<img src=x onerror=alert(1)><svg/onload=alert(1)>y", "xy"),
        ("<blockquote>said</blockquote>so", "> said\n\nso"),
        ("<section>a</section><section>b</section>", "a\n\nb"),
        ("<p>a<!-- hidden --></p>", "a"),
        ("<p>&nbsp;</p>", ""),
    ],
)
def test_html_becomes_markdown(source, expected):
    assert clean_text(source) == (expected, (Reason.HTML_CLEANED,))


def test_characters_line_ends_and_normalization():
    assert clean_text("  e\u0301\r\nb\rc\u2028d ") == ("é\nb\nc\nd", ())
    assert clean_text("a\x00b\x07\ud800") == ("ab", (Reason.CHARACTERS_REMOVED,))
    assert clean_text("\u200b\u00ad \n")[0] == ""


@given(st.text())
def test_cleaned_text_can_be_stored_and_is_stable(text):
    once, reasons = clean_text(text)
    once.encode()
    assert "\x00" not in once
    if Reason.HTML_CLEANED not in reasons:
        assert clean_text(once) == (once, ())


@pytest.mark.parametrize(
    "evil", ["<", "<b ", "<!--", "<p>", "<b " + "=" * 50, '<a href="https://x.y">', "<ul><li>a", "&", ". "]
)
def test_hostile_text_takes_no_long_time(evil):
    text = (evil * 100_000)[:100_000]
    start = time.process_time()
    cleaned, _ = clean_text(text)
    derive_title(cleaned)
    assert time.process_time() - start < 8
    assert len(cleaned) < 5_000_000


def test_lines_resolve_entities_and_join_space():
    assert clean_line("R&amp;D\n and  more") == ("R&D and more", (Reason.HTML_CLEANED,))
    assert clean_line("Q&A < 3") == ("Q&A < 3", ())


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("- We want this. And that.", "We want this"),
        ("Mr. Smith left. Then", "Mr. Smith left"),
        ("U.S. policy changed. Next", "U.S. policy changed"),
        ("Ends? Yes.", "Ends?"),
        ("¿Qué pasa? Nada", "¿Qué pasa?"),
        ("Version 2.0 is out. New", "Version 2.0 is out"),
        ("All governments are to:\n\n- act", "All governments are to"),
        ("two\nlines", "two lines"),
        ("word " * 80, "word " * 39 + "word…"),
        ("日本" * 150, "日本" * 99 + "日…"),
        ("", ""),
    ],
)
def test_titles_are_the_first_sentence(text, title):
    assert derive_title(text) == title


@given(st.text(max_size=500), st.integers(10, 200))
def test_shortened_lines_fit(line, limit):
    assert len(shorten(line, limit)) <= limit


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2015-09-15", dt.datetime(2015, 9, 15, tzinfo=dt.UTC)),
        ("2015-09-15T10:00:00Z", dt.datetime(2015, 9, 15, 10, tzinfo=dt.UTC)),
        ("2015-09-15 10:00 +02:00", dt.datetime(2015, 9, 15, 8, tzinfo=dt.UTC)),
        ("2015-09-15 10:00:00 UTC", dt.datetime(2015, 9, 15, 10, tzinfo=dt.UTC)),
        ("2015/9/5", dt.datetime(2015, 9, 5, tzinfo=dt.UTC)),
        ("1481275539", dt.datetime(2016, 12, 9, 9, 25, 39, tzinfo=dt.UTC)),
        ("1481275539794", dt.datetime(2016, 12, 9, 9, 25, 39, 794000, tzinfo=dt.UTC)),
        ("31/12/2020", dt.datetime(2020, 12, 31, tzinfo=dt.UTC)),
        ("12/31/2020 9:05", dt.datetime(2020, 12, 31, 9, 5, tzinfo=dt.UTC)),
        ("Mon, 09 Jan 2017 03:43:41 +0700", dt.datetime(2017, 1, 8, 20, 43, 41, tzinfo=dt.UTC)),
    ],
)
def test_dates(text, moment):
    assert read_date(text) == (moment, None)


@pytest.mark.parametrize(
    "text", ["Mon Jan 09 03:43:41 WIB 2017", "2015", "soon", "2020-02-30", "0001-01-01T00:00+23:00", "9999-12-31"]
)
def test_unreadable_dates(text):
    assert read_date(text) == (None, Reason.DATE_UNREADABLE)


def test_ambiguous_dates_are_not_guessed_and_zones_count():
    assert read_date("01/02/2020") == (None, Reason.DATE_AMBIGUOUS)
    west = dt.timezone(dt.timedelta(hours=-5))
    assert read_date("2020-01-01", west) == (dt.datetime(2020, 1, 1, 5, tzinfo=dt.UTC), None)
    moment = dt.datetime(2015, 9, 15, 15, 50, 19, tzinfo=dt.UTC)
    assert read_date_parts(["2015-09-15", "0 days 10:50:19"], west) == (moment, None)
    assert read_date_parts(["0 days 10:50:19", "2015-09-15"], west) == (moment, None)


@given(st.text(max_size=40))
def test_no_value_breaks_its_reader(text):
    for reader in (read_date, read_language, read_url, read_stance):
        value, reason = reader(text)
        assert value is None or reason is None
    read_date_parts([text, text])
    read_list(text)


def test_languages_addresses_lists_and_stances():
    words = ["fr", "fr_CA", "Français", "spa", "crk", "xx", "klingon", " "]
    assert [read_language(word)[0] for word in words] == ["fr", "fr", "fr", "es", "crk", None, None, None]
    assert read_language("xx")[1] is Reason.LANGUAGE_UNKNOWN
    assert read_url("www.x.ca/a") == ("https://www.x.ca/a", None)
    for address in ("javascript:alert(1)", "/a", "ftp://x", "http://u:p@x.ca", "http://[::1", "http://a b", "//x.ca"):
        assert read_url(address) == (None, Reason.URL_UNSAFE)
    assert read_list("a; b, c;;a ") == ("a", "b, c")
    assert read_list("a|b") == ("a", "b")
    assert read_list("a, b") == ("a", "b")
    assert [read_stance(word)[0] for word in ("Pour", "en contra", "question", "evidencia", "0")] == [
        "for",
        "against",
        "question",
        "evidence",
        None,
    ]
    assert read_stance("maybe") == (None, Reason.VALUE_UNKNOWN)

"""Headers, addresses that stay here, cursors, Markdown."""

import pytest

from consultation.web.markdown import to_html
from consultation.web.pagination import BadCursor, decode, encode
from consultation.web.security import local_path


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "/\\evil.example", "\\evil", "https://evil.example", "javascript:x", "/a\nb", "", None, "/\tx"],
)
def test_a_way_out_is_not_followed(target):
    assert local_path(target, "/en/") == "/en/"


def test_a_path_of_this_site_is_kept():
    assert local_path("/fr/propositions?q=a#b", "/en/") == "/fr/propositions?q=a#b"


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "![x](https://example.org/tracker.png)",
        '<a href="x" onclick="y()">z</a>',
        "<div hx-get='/x'>",
        "<img src=x onerror=alert(1)>",
    ],
)
def test_nothing_in_a_text_runs_or_fetches(source):
    html = str(to_html(source))
    for forbidden in ("<script", "<img", "<div", 'href="javascript', '<a href="x"'):
        assert forbidden not in html


def test_headings_of_a_text_fit_below_the_page():
    assert "<h3>Barrier</h3>" in str(to_html("# Barrier"))


def test_a_cursor_comes_back_as_it_was():
    assert decode(encode([12, "a"]), int, str) == [12, "a"]


@pytest.mark.parametrize("cursor", ["", "x", encode([1]), encode(["1", "a"]), encode([True, "a"]), "é", "e30"])
def test_a_made_up_cursor_is_refused(cursor):
    with pytest.raises(BadCursor):
        decode(cursor, int, str)

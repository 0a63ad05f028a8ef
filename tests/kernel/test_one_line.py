"""Texts in one line."""

import pytest

from consultation.kernel.one_line import one_line


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("  Two \t words\r\n\n", "Two words"),
        (
            "Exemple\u00a0: «\u00a0oui\u00a0»,  7\u202f364\u202f645",
            "Exemple\u00a0: «\u00a0oui\u00a0», 7\u202f364\u202f645",
        ),
        ("\u00a0\u2003\u202f", ""),
        ("a\u2028b\u3000c", "a b c"),
    ],
)
def test_spaces_that_may_not_break_stay_inside(given, kept):
    assert one_line(given) == kept

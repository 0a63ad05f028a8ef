"""Contrast of the colours, computed: AAA (7:1) for running text, AA (4.5:1) for all other words, 3:1 for what is drawn.

Source: WCAG 2.2, relative luminance and contrast ratio, https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
"""

import re
from pathlib import Path

import pytest

TOKENS = (Path(__file__).resolve().parent.parent.parent / "static/css/design/tokens.css").read_text()
PAIR = re.compile(r"--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);")
PLAIN = re.compile(r"--([a-z0-9-]+): (#[0-9a-f]{6});")
COLOURS = {name: {"light": light, "dark": dark} for name, light, dark in PAIR.findall(TOKENS)}
GROUNDS = ("paper", "raised", "sunken")
STATES = ("good", "warning", "danger", "info")
THEMES = [f"theme-{number}" for number in range(1, 9)]
EVERY = [
    *[(7.0, "ink", ground) for ground in (*GROUNDS, "tint", *(f"{state}-tint" for state in STATES))],
    *[(4.5, "soft", ground) for ground in GROUNDS],
    *[(4.5, "accent", ground) for ground in (*GROUNDS, "tint")],
    *[(7.0, "accent-strong", ground) for ground in (*GROUNDS, "tint")],
    *[(7.0, "on-accent", ground) for ground in ("accent", "accent-strong")],
    *[(4.5, state, ground) for state in STATES for ground in (*GROUNDS, f"{state}-tint")],
    *[(4.5, theme, ground) for theme in THEMES for ground in GROUNDS],
    *[(3.0, "edge", ground) for ground in GROUNDS],
    (4.5, "paper", "danger"),
]


def luminance(colour):
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def test_contrast_is_that_of_the_standard():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_pair_is_legible(scheme):
    weak = {
        f"{front} on {ground}": round(found, 2)
        for least, front, ground in EVERY
        if (found := contrast(COLOURS[front][scheme], COLOURS[ground][scheme])) < least
    }
    assert weak == {}


def test_every_colour_is_judged():
    judged = {name for _least, *names in EVERY for name in names}
    assert set(COLOURS) - judged == {"line"}


def test_browsers_without_light_dark_get_the_light_colours():
    before = TOKENS[: TOKENS.index("@supports")]
    assert dict(PLAIN.findall(before)) == {name: pair["light"] for name, pair in COLOURS.items()}


def test_themes_are_told_apart():
    """No two themes share a colour; each stands beside its icon and its name in any case."""
    for scheme in ("light", "dark"):
        assert len({COLOURS[theme][scheme] for theme in THEMES}) == len(THEMES)

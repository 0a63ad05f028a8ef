"""The texts that the program brings along: version 0 of each page, until organizers save their own."""

from functools import cache
from pathlib import Path

from consultation.kernel.orm import LANGUAGES, Trilingual
from consultation.privacy.states import PageName

FOLDER = Path(__file__).parent / "texts"


@cache
def built_in(name: PageName) -> Trilingual:
    return Trilingual(*((FOLDER / f"{name}.{language}.md").read_text("utf-8").strip() for language in LANGUAGES))

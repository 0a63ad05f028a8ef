"""Words to begin a reason with, in each language: the author's may be another than the moderator's page is in, so they
are kept as data beside this file and not in the catalogues. Brackets stand where the moderator fills something in."""

import json
from functools import cache
from importlib.resources import files

from consultation.moderation.states import ReasonCode


@cache
def _wording() -> dict[str, dict[str, str]]:
    loaded: dict[str, dict[str, str]] = json.loads(files(__package__).joinpath("prepared.json").read_text("utf-8"))
    return loaded


def begun(typed: str, code: ReasonCode, language: str) -> str:
    """What was typed, and under it the prepared words for a reason; never twice the same."""
    words = _wording()[code.value][language]
    if words in typed:
        return typed
    return f"{typed.strip()}\n\n{words}".strip()

"""The agenda as tagged PDF, set by Typst (in the wheel: no system library, no system font, no network).

Typst refuses to write PDF/UA-1 (ISO 14289-1) for what it can see breaks it: a picture without alternative
text, skipped headings, a character that no font shows. That is Typst's own check, not a validator's.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from consultation.drafting.export import print_fonts
from consultation.drafting.export.document import as_data
from consultation.drafting.export.html import qr_svg
from consultation.drafting.export.outline import build
from consultation.drafting.export.voice import Snapshot, Translator
from consultation.kernel.look import colours, face

_COMMON = re.compile(r"[\t\n\u0020-\u007e\u00a0-\u017f\u2010-\u2014\u2018-\u201e\u2022\u2026\u2192]+")
"""Characters that the embedded text font is known to show: no need to try them."""
_LONG = re.compile(r"(?![0-9a-f]{64})[^\s\u200b/-]{29,}")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufefc]")
"""What could turn the order of the words around it: such a text is isolated (UAX 9, FSI and PDI)."""
_PIECE = 14
_PROBE = b'#set document(title: "p")\n#set text(font: "Libertinus Serif")\n#sys.inputs.t'


def render(snapshot: Snapshot, lang: str, translator: Translator) -> bytes:
    """PDF/UA-1, dated by the release. Characters that no font here shows stand as numbers: [U+1403 U+14C4].

    Raise `SnapshotError` for what may not be exported.
    """
    document = build(snapshot, lang, translator)
    data = json.dumps(_prepared(as_data(document), displayable), ensure_ascii=False)
    template = files(__package__).joinpath("agenda.typ").read_bytes()
    released = datetime.fromisoformat(document.released_at).replace(microsecond=0)
    look = json.dumps({"colours": dict(colours()), "serif": face("serif"), "sans": face("sans")})
    return _compile(template, {"document": data, "look": look, "qr": qr_svg(document.cover.url)}, released)


def _compile(source: bytes, inputs: dict[str, str], moment: datetime | None = None) -> bytes:
    """Compile in an empty folder, so that not even the template could read a file."""
    import typst  # 40 MB: loaded only where a PDF is made

    with tempfile.TemporaryDirectory() as work:
        empty, further = Path(work, "root"), Path(work, "fonts")
        empty.mkdir()
        further.mkdir()
        for name, content in print_fonts.installed():
            (further / name).write_bytes(content)
        fonts = typst.Fonts(include_system_fonts=False, font_paths=[further])
        made = typst.compile(  # type: ignore[type-var]  # its stub ties the type of fonts to that of the source
            source,
            root=empty,
            font_paths=fonts,
            sys_inputs=inputs,
            pdf_standards=["ua-1"],
            timestamp=moment,
        )
    if not isinstance(made, bytes):
        raise TypeError("Typst gave several files where one was asked for.")
    return made


def _prepared(node: Any, shown: Callable[[str], frozenset[str]]) -> Any:
    """The document's data with what cannot be shown written as numbers, and long words made breakable."""
    odd = frozenset(_COMMON.sub("", json.dumps(node, ensure_ascii=False)))
    missing = odd - shown("".join(sorted(odd)))
    unshown = re.compile(f"[{re.escape(''.join(sorted(missing)))}]+" if missing else "(?!)")

    def text_of(value: str) -> str:
        spelled = unshown.sub(lambda found: f"[{' '.join(f'U+{ord(c):04X}' for c in found[0])}]", value)
        pieces = _LONG.sub(lambda word: "\u200b".join(_pieces(word[0])), spelled)
        return f"\u2068{pieces}\u2069" if _RIGHT_TO_LEFT.search(pieces) else pieces

    def walk(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: walk(member, name) for name, member in value.items()}
        if isinstance(value, list):
            return [walk(member) for member in value]
        return text_of(value) if isinstance(value, str) and key not in ("href", "anchor", "url", "type") else value

    return walk(node)


def _pieces(word: str) -> list[str]:
    return [word[i : i + _PIECE] for i in range(0, len(word), _PIECE)]


@cache
def displayable(characters: str) -> frozenset[str]:
    """Those of the characters that the fonts here can show, found by trying, half by half."""
    if not characters or _fits(characters):
        return frozenset(characters)
    if len(characters) == 1:
        return frozenset()
    half = len(characters) // 2
    return displayable(characters[:half]) | displayable(characters[half:])


def _fits(characters: str) -> bool:
    import typst

    try:
        # Spaces keep one character from joining with the next.
        _compile(_PROBE, {"t": "a " + " ".join(characters) + " a"})
    except typst.TypstError:
        return False
    return True

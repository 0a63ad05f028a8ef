"""Every message is translated into French and Spanish, and the catalogues hold nothing else.

    python bin/_catalogues.py [ROOT]

extracts the messages as babel.cfg says, compares them with translations/*/LC_MESSAGES/messages.po, and prints
each that is missing, empty, fuzzy, no longer used, or has other placeholders; of French also what is spaced wrongly,
of Spanish what says tú.
Exits 1 when there is one.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

LANGUAGES = ("fr", "es")
KEYWORDS = DEFAULT_KEYWORDS | {
    "lazy_gettext": None,
    "lazy_ngettext": (1, 2),
    "lazy_pgettext": ((1, "c"), 2),
    "_l": None,
}
SHOWN = 12
#: French of Canada (OQLF): a no-break space inside guillemets and before the colon, none before ; ! ?
MISSPACED = re.compile("« | »|(?<=[^ ]) :(?= |$)|[ \u00a0][;!?]")

#: Spanish of Mexico says *usted* here.
FAMILIAR = re.compile(r"\b(tú|tu|tus|ti|contigo|tuy[oa]s?)\b", re.IGNORECASE)


def extract(root: Path) -> Catalog:
    """The messages that the Python files and the templates of a checkout use."""
    with (root / "babel.cfg").open(encoding="utf-8") as mapping:
        methods, options = parse_mapping_cfg(mapping)
    catalogue = Catalog()
    for file, line, message, comments, context in extract_from_dir(root, methods, options, KEYWORDS):
        catalogue.add(message, None, [(file, line)], auto_comments=comments, context=context)
    return catalogue


def faults(used: Catalog, translated: Catalog) -> Iterator[tuple[str, str]]:
    """What is wrong with a catalogue, as pairs of a kind of fault and the message."""
    for message in used:
        if not message.id:
            continue
        found = translated.get(message.id, message.context)
        if found is None:
            yield "missing", _place(message)
        elif "fuzzy" in found.flags:
            yield "fuzzy", _place(message)
        elif not all(found.string if isinstance(found.string, list | tuple) else [found.string]):
            yield "empty", _place(message)
    for message in translated:
        if message.id and used.get(message.id, message.context) is None:
            yield "no longer used", _name(message)
        strings = message.string if isinstance(message.string, list | tuple) else [message.string]
        if message.id and str(translated.locale) == "fr" and any(map(MISSPACED.search, strings)):
            yield "spaced wrongly", _name(message)
        if message.id and str(translated.locale) == "es" and any(map(FAMILIAR.search, strings)):
            yield "says tú", _name(message)
    for message, errors in translated.check():
        for error in errors:
            yield str(error), _name(message)


def _name(message: Message) -> str:
    return repr(message.id if isinstance(message.id, str) else message.id[0])


def _place(message: Message) -> str:
    file, line = message.locations[0]
    return f"{_name(message)} ({file}:{line})"


def main(root: Path) -> int:
    if not (root / "translations").is_dir():
        print("There is no translations folder yet.")
        return 0
    used = extract(root)
    print(f"{len(used)} messages")
    wrong = 0
    for language in LANGUAGES:
        path = root / "translations" / language / "LC_MESSAGES" / "messages.po"
        if not path.exists():
            print(f"{language}: {path.relative_to(root)} is missing")
            wrong += 1
            continue
        with path.open("rb") as file:
            found = list(faults(used, read_po(file, locale=language)))
        for kind, message in found[:SHOWN]:
            print(f"{language}: {kind}: {message}")
        if len(found) > SHOWN:
            print(f"{language}: and {len(found) - SHOWN} more")
        wrong += len(found)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent).resolve()))

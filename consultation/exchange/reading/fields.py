"""Which column of a file goes to which field: by ``--map`` first, then by the names that such files use.

Explicit mapping always wins, for its column and for its field. A field of running text, a list or a date may be
given several columns explicitly: texts are joined as paragraphs in the order given, lists are united, and a date is
joined with a time of day. By itself each field takes one column at most, the first of its names that is present.
What no field takes stays with the row as original data.

A proposal with one text alone (``text``, ``body``, ``comment-body`` …) has it as its *remedy*, for what is proposed
is what should change. Where a ``summary`` stands beside it, that opens the page as the *barrier*: proposals tend to
say first what is wrong. ``--map summary=remedy --map text=remedy`` keeps the two together instead.
A bare ``url`` is not taken as the source of a proposal, for it is mostly a path within the platform it came from.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from consultation.exchange.reading.errors import BadMapping
from consultation.exchange.reading.values import read_language

STATES = ("submitted", "published", "declined")

Shape = Literal["text", "line", "list", "languages", "language", "date", "url", "stance", "state"]
SEVERAL_COLUMNS = frozenset({"text", "list", "languages", "date"})


class Kind(StrEnum):
    """What the rows of a file are."""

    ORGANIZATIONS = "organizations"
    PROPOSALS = "proposals"
    COMMENTS = "comments"
    BALLOTS = "ballots"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a row: how it is read, and the column names that mean it, most telling first."""

    name: str
    shape: Shape
    aliases: tuple[str, ...]


def _field(name: str, shape: Shape, aliases: str) -> Field:
    return Field(name, shape, (key(name), *aliases.split()))


def key(name: str) -> str:
    """A column name as it is compared: letters and digits alone, without accents or case."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(character for character in plain if character.isalnum())


_CREATED = "created timestamp datecreated createdon submittedat submitted publishedat datetime date fecha datesoumise"
_AUTHOR = "authorname authorid auteur auteure autor autora userid username user submittedby"
_ORGANIZATION = "organisation organisme organizacion organizationcode org"
_LANGUAGE = "lang langue idioma locale"
_STATE = "status moderated moderation etat statut estado"

FIELDS: dict[Kind, tuple[Field, ...]] = {
    Kind.ORGANIZATIONS: (
        _field("code", "line", "ref reference id slug clave"),
        _field("name", "line", "nameen organization organisation officialname title nombre"),
        _field("name_fr", "line", "nomfr nom frenchname organisme"),
        _field("name_es", "line", "nombrees spanishname organizacion"),
        _field("acronym", "line", "abbreviation sigle siglas acronyme acronimo"),
        _field("sector", "line", "sectors secteur"),
        _field("jurisdictions", "list", "jurisdiction province provinces territoire territoires jurisdiccion"),
        _field("languages", "languages", "language langues langue idiomas idioma"),
        _field("website", "url", "url web site siteweb sitioweb homepage"),
    ),
    Kind.PROPOSALS: (
        _field("ref", "line", "reference referencia id proposalid commentid statementid code number numero"),
        _field("title", "line", "titre titulo headline heading subject objet asunto name"),
        _field(
            "barrier",
            "text",
            "obstacle barriere barrera problem probleme problema summary resume resumen abstract",
        ),
        _field("evidence", "text", "preuve preuves donneesetpreuves evidencia evidencias justification"),
        _field(
            "remedy",
            "text",
            "mesurecorrective medidacorrectiva solution solucion recommendation recommandation recomendacion demand "
            "ask text texte texto body contenu content contenido description descripcion statement commentbody comment "
            "proposal proposition propuesta",
        ),
        _field("theme", "line", "tema topic section category categorie categoria"),
        _field("issues", "list", "issue criticalissues enjeux asuntos"),
        _field("sectors", "list", "sector secteurs secteur sectores"),
        _field("jurisdictions", "list", "jurisdiction province provinces territoire territoires jurisdiccion"),
        _field("language", "language", _LANGUAGE),
        _field("organization", "line", _ORGANIZATION),
        _field("author", "line", _AUTHOR),
        _field("created_at", "date", _CREATED),
        _field("source_url", "url", "source sourcelink lien enlace"),
        _field("state", "state", _STATE),
    ),
    Kind.COMMENTS: (
        _field("ref", "line", "id commentid reference"),
        _field(
            "item_ref",
            "line",
            "proposalid proposalref proposalcode proposal item itemid itemcode commentableid",
        ),
        _field("parent_ref", "line", "parentid parent replyto inreplyto inreplytoid"),
        _field(
            "text",
            "text",
            "body comment commentbody content message texte texto commentaire comentario contenu",
        ),
        _field("author", "line", _AUTHOR),
        _field("organization", "line", _ORGANIZATION),
        _field("language", "language", _LANGUAGE),
        _field("created_at", "date", _CREATED),
        _field("stance", "stance", "alignment position postura"),
        _field("state", "state", _STATE),
    ),
    Kind.BALLOTS: (
        _field(
            "voter",
            "line",
            "voterid participant participantid organization organisation organisme org votante",
        ),
        _field("item", "line", "itemref itemid itemcode commentid proposalid proposal code ref candidate option"),
        _field("value", "line", "vote mark choice score rank tier valeur valor"),
        _field("time", "date", "timestamp castat createdat datetime date fecha"),
    ),
}

OTHER_SEPARATORS = frozenset("|,;:~^")
"""In the name of a file's only column they tell that its columns were not told apart."""

# Each row needs one field of each of these groups.
NEEDED: dict[Kind, tuple[tuple[str, ...], ...]] = {
    Kind.ORGANIZATIONS: (("name", "name_fr", "name_es"),),
    Kind.PROPOSALS: (("title", "barrier", "evidence", "remedy"),),
    Kind.COMMENTS: (("text",),),
    Kind.BALLOTS: (("voter",), ("item",)),
}


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """Where each field of a kind comes from; ``unmapped`` columns stay with the rows as original data."""

    kind: Kind
    fields: dict[str, tuple[str, ...]]
    unmapped: tuple[str, ...]


def map_columns(
    kind: Kind | str, columns: Sequence[str], explicit: Iterable[str] = (), *, with_states: bool = False
) -> ColumnMap:
    """The mapping for a file with these columns.

    ``explicit``: texts ``COLUMN=FIELD``, the column as in the file (case, accents and marks may differ); ``COLUMN=``
    keeps a column from being mapped. ``with_states``: the caller says what states mean, so that a column of states is
    looked for; otherwise it is taken only where it is named explicitly.
    Raises BadMapping: bad_map, unknown_column, unknown_field, field_mapped_twice, column_mapped_twice,
    one_column, wrong_columns, field_missing.
    """
    kind = Kind(kind)
    fields = {field.name: field for field in FIELDS[kind]}
    given = _explicit(fields, columns, explicit)
    taken: dict[str, tuple[str, ...]] = {}
    for column, name in given.items():
        if name:
            taken[name] = (*taken.get(name, ()), column)
    for name, sources in taken.items():
        if len(sources) > 1 and fields[name].shape not in SEVERAL_COLUMNS:
            raise BadMapping("field_mapped_twice", field=name, columns=", ".join(sources))
    by_key: dict[str, str] = {}
    for column in columns:
        if column not in given:
            by_key.setdefault(key(column), column)
    for name, field in fields.items():
        if name in taken or (field.shape == "state" and not with_states):
            continue
        alias = next((alias for alias in field.aliases if alias in by_key), None)
        if alias is not None:
            taken[name] = (by_key.pop(alias),)
    _require(kind, columns, taken)
    used = {column for sources in taken.values() for column in sources}
    ordered = {name: taken[name] for name in fields if name in taken}
    return ColumnMap(kind, ordered, tuple(column for column in columns if column not in used))


def parse_states(pairs: Iterable[str]) -> dict[str, str]:
    """``VALUE=STATE`` texts as a map from the value (case and outer space aside) to the state.

    Raises BadMapping: bad_state.
    """
    states: dict[str, str] = {}
    for given in pairs:
        value, equals, state = given.rpartition("=")
        if not equals or not value.strip() or state.strip().lower() not in STATES:
            raise BadMapping("bad_state", given=given, choices=", ".join(STATES))
        states[value.strip().casefold()] = state.strip().lower()
    return states


def parse_language(given: str | None) -> str | None:
    """The language that rows without one are in, checked. Raises BadMapping: bad_language."""
    code, reason = read_language(given or "")
    if reason:
        raise BadMapping("bad_language", language=given)
    return code


def _explicit(fields: dict[str, Field], columns: Sequence[str], pairs: Iterable[str]) -> dict[str, str]:
    """Column -> field (empty: none) as given, checked."""
    result: dict[str, str] = {}
    for given in pairs:
        wanted, equals, name = (part.strip() for part in given.rpartition("="))
        if not equals or not wanted:
            raise BadMapping("bad_map", given=given)
        alike = [column for column in columns if column == wanted] or [c for c in columns if key(c) == key(wanted)]
        if not alike:
            raise BadMapping("unknown_column", column=wanted, found=", ".join(columns))
        if name and name not in fields:
            raise BadMapping("unknown_field", field=name, expected=", ".join(fields))
        if result.get(alike[0], name) != name:
            raise BadMapping("column_mapped_twice", column=alike[0], fields=f"{result[alike[0]]}, {name}")
        result[alike[0]] = name
    return result


def _require(kind: Kind, columns: Sequence[str], taken: dict[str, tuple[str, ...]]) -> None:
    found = ", ".join(columns)
    if len(columns) == 1 and not taken and any(mark in found for mark in OTHER_SEPARATORS):
        raise BadMapping("one_column", found=found)
    if not taken:
        raise BadMapping("wrong_columns", found=found, expected=", ".join(field.name for field in FIELDS[kind]))
    missing = [" / ".join(group) for group in NEEDED[kind] if not any(name in taken for name in group)]
    if missing:
        raise BadMapping("field_missing", needed=", ".join(missing), found=found)

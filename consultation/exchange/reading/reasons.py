"""Why a row of an import was flagged or rejected: stable codes, each with a sentence for people."""

from __future__ import annotations

from enum import StrEnum

from consultation.exchange.reading.errors import N_


class Reason(StrEnum):
    """What happened to a row. The value is the code in the report, and never changes its meaning."""

    EMPTY = "empty"
    INCOMPLETE = "incomplete"
    DUPLICATE_REF = "duplicate_ref"
    TITLE_DERIVED = "title_derived"
    TITLE_SHORTENED = "title_shortened"
    VALUE_SHORTENED = "value_shortened"
    HTML_CLEANED = "html_cleaned"
    CHARACTERS_REMOVED = "characters_removed"
    CELLS_SURPLUS = "cells_surplus"
    LANGUAGE_UNKNOWN = "language_unknown"
    DATE_UNREADABLE = "date_unreadable"
    DATE_AMBIGUOUS = "date_ambiguous"
    URL_UNSAFE = "url_unsafe"
    VALUE_UNKNOWN = "value_unknown"
    STATE_UNKNOWN = "state_unknown"
    PARENT_ABSENT = "parent_absent"
    PARENT_REJECTED = "parent_rejected"
    PARENT_CYCLE = "parent_cycle"
    PARENT_ELSEWHERE = "parent_elsewhere"
    DEPTH_FLATTENED = "depth_flattened"
    # Found only beside the database; named here so that all reasons stand in one list.
    ITEM_ABSENT = "item_absent"
    ORGANIZATION_UNKNOWN = "organization_unknown"
    VOTER_UNKNOWN = "voter_unknown"
    # No longer given (decision 31), but in reports of earlier imports.
    ALREADY_CAST = "already_cast"
    OWN_ORGANIZATION = "own_organization"
    VOCABULARY_UNKNOWN = "vocabulary_unknown"
    DIFFERS_FROM_STORED = "differs_from_stored"

    @property
    def explanation(self) -> str:
        """The English sentence, which is also the gettext message id."""
        return EXPLANATIONS[self]

    @property
    def rejects(self) -> bool:
        """Whether a row with this reason cannot be imported."""
        return self in REJECTING


REJECTING = frozenset({Reason.EMPTY, Reason.INCOMPLETE, Reason.ITEM_ABSENT, Reason.VOTER_UNKNOWN, Reason.ALREADY_CAST})

EXPLANATIONS: dict[Reason, str] = {
    Reason.EMPTY: N_("The row has no text, so there is nothing to import."),
    Reason.INCOMPLETE: N_("The row lacks a voter or an item, so the mark cannot be counted."),
    Reason.DUPLICATE_REF: N_("An earlier row of the file has the same reference. Both were imported."),
    Reason.TITLE_DERIVED: N_("The row has no title. One was taken from the beginning of its text."),
    Reason.TITLE_SHORTENED: N_("The title was too long. It was shortened, and stands whole at the start of the text."),
    Reason.VALUE_SHORTENED: N_("A value was too long for its field. It was shortened, and is kept whole with the row."),
    Reason.HTML_CLEANED: N_("The text was written in HTML. It was turned into plain text; the source is kept."),
    Reason.CHARACTERS_REMOVED: N_("Characters that cannot be shown were removed."),
    Reason.CELLS_SURPLUS: N_("The row has more cells than there are columns. The surplus is kept with the row."),
    Reason.LANGUAGE_UNKNOWN: N_("The language code is not known. The language was left open."),
    Reason.DATE_UNREADABLE: N_("The date could not be read. It is kept with the row as it was written."),
    Reason.DATE_AMBIGUOUS: N_("The date could mean two days. It is kept with the row; write it as 2026-03-31."),
    Reason.URL_UNSAFE: N_("The link is not a complete http or https address. It was left out, and kept with the row."),
    Reason.VALUE_UNKNOWN: N_("A value is not one of those that its field allows. It is kept with the row."),
    Reason.STATE_UNKNOWN: N_("The state has no meaning given for this import. The row arrives as submitted."),
    Reason.PARENT_ABSENT: N_("The comment answers one that is not in the file. It stands at the top."),
    Reason.PARENT_REJECTED: N_(
        "The comment answers one that was rejected. It stands below the nearest one that remains."
    ),
    Reason.PARENT_CYCLE: N_("The comment answers itself through others. It stands at the top."),
    Reason.PARENT_ELSEWHERE: N_("The comment answers one on another proposal. It stands at the top of its own."),
    Reason.DEPTH_FLATTENED: N_(
        "The reply was deeper than two levels. It stands at the second; what it answers is kept."
    ),
    Reason.ITEM_ABSENT: N_(
        "What the row refers to is not here. A comment needs a proposal of this consultation, a mark an item of this "
        "contest; a proposal that was declined, or not admitted, has no item."
    ),
    Reason.ORGANIZATION_UNKNOWN: N_("The organization is not in the directory. Its name is kept with the row."),
    Reason.VOTER_UNKNOWN: N_("The voter is not on the roll of this contest."),
    Reason.ALREADY_CAST: N_("The voter has cast a ballot on this site. It stays, and this one is not counted."),
    Reason.OWN_ORGANIZATION: N_(
        "The row speaks for your own organization, so somebody else must decide on it. It waits as submitted."
    ),
    Reason.VOCABULARY_UNKNOWN: N_(
        "A theme, issue, sector or jurisdiction is not in the lists. It is kept with the row."
    ),
    Reason.DIFFERS_FROM_STORED: N_("The row was imported before with other content. What is stored was left as it is."),
}

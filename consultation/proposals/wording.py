"""What content notes are called."""

from collections.abc import Iterable, Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from consultation.proposals.states import ContentNote

NOTES: Mapping[ContentNote, LazyString] = {
    ContentNote.VIOLENCE: _l("descriptions of violence"),
    ContentNote.SEXUAL_VIOLENCE: _l("sexual violence"),
    ContentNote.RACISM: _l("racist acts or words"),
    ContentNote.SUICIDE: _l("suicide or self-harm"),
    ContentNote.RESIDENTIAL_SCHOOLS: _l("residential schools"),
}


def spoken_of(codes: Iterable[str]) -> str:
    """What a note names, as a reader reads it; empty without a note. A code that a later version wrote is left out."""
    given = set(codes)
    return ", ".join(str(label) for note, label in NOTES.items() if note.value in given)

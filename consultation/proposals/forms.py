"""The shape of what people type about a proposal, and what an address asks of the list."""

import re
import uuid
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    FieldList,
    Form,
    FormField,
    HiddenField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from consultation.convening.states import TermKind
from consultation.convening.vocabulary import Vocabulary
from consultation.proposals.models import Proposal
from consultation.proposals.queries import Voice
from consultation.proposals.rules import (
    MAXIMUM_TEXT,
    MAXIMUM_TITLE,
    Fault,
    ProposalText,
    Source,
    source_faults,
    tidy,
)
from consultation.proposals.states import EvidenceKind
from consultation.proposals.wording import NOTES
from consultation.web.locale import LANGUAGE_NAMES, LOCALES, language

SOURCES = 5
YEAR = re.compile(r"([12]\d{3})?", re.ASCII)

ORIGIN_LANGUAGES = (
    *("ar", "bn", "chr", "cr", "dak", "es", "fa", "fil", "fr", "gu", "haw", "hi", "ht", "iu", "ko", "mic", "moe"),
    *("moh", "myn", "nah", "nv", "oj", "pa", "pl", "pt", "ro", "ru", "so", "sw", "ta", "ti", "uk", "ur", "vi"),
    *("yo", "zap", "zh"),
)
"""What is offered beside the three languages of the site: those most spoken among the communities it serves."""

KINDS = {
    EvidenceKind.STATISTICS: _l("Statistics"),
    EvidenceKind.STUDY: _l("Study"),
    EvidenceKind.TESTIMONY: _l("Testimony"),
    EvidenceKind.LAW: _l("Law or decision"),
    EvidenceKind.NEWS: _l("News"),
    EvidenceKind.FINDING: _l("Official finding"),
    EvidenceKind.OTHER: _l("Other"),
}

FAULTS: Mapping[Fault, Any] = {
    Fault.SOURCE_TITLE_MISSING: _l("Give each source a title, or empty its other fields."),
    Fault.SOURCE_TOO_LONG: _l("Shorten the fields of your sources to 500 characters."),
    Fault.SOURCE_URL_INVALID: _l("Begin the address of a source with https:// or http://."),
    Fault.TOO_MANY_SOURCES: _l("Give fewer sources."),
}


@lru_cache(maxsize=16)
def language_choices(interface: str) -> list[tuple[str, str]]:
    """Language tags with their names in the interface's language: its own three first, then the others by name."""
    known = LOCALES[interface].languages
    others = sorted(((tag, str(known.get(tag, tag))) for tag in ORIGIN_LANGUAGES if tag not in LANGUAGE_NAMES), key=_by)
    return [*LANGUAGE_NAMES.items(), *others, ("und", str(known.get("und", "und")))]


def _by(choice: tuple[str, str]) -> str:
    return choice[1].casefold()


@lru_cache(maxsize=512)
def language_name(tag: str, interface: str) -> str:
    """A language's name in the interface's language; the tag itself where that is not known."""
    return str(LOCALES[interface].languages.get(tag.split("-", 1)[0], tag))


def _tidied(text: str | None) -> str:
    """What would be kept of it, so that what is blank is found to be before it is sent."""
    return tidy(text or "")


class Checkboxes(SelectMultipleField):  # type: ignore[misc]
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class SourceForm(Form):  # type: ignore[misc]
    title = StringField(_l("Title"))
    kind = SelectField(
        _l("Type"), default=EvidenceKind.OTHER.value, choices=[SelectChoice(key.value, KINDS[key]) for key in KINDS]
    )
    publisher = StringField(_l("Author or publisher"))
    year = StringField(_l("Year"))
    place = StringField(_l("Place"))
    url = StringField(_l("Web address"), render_kw={"type": "url", "inputmode": "url"})


class ProposalForm(FlaskForm):  # type: ignore[misc]
    """Four fields that are needed, and the rest that makes a proposal stronger."""

    title = StringField(
        _l("Title"),
        description=_l("One line that says what should change."),
        validators=[DataRequired(_l("Give your proposal a title.")), Length(max=MAXIMUM_TITLE)],
        filters=[_tidied],
    )
    barrier = TextAreaField(
        _l("What is wrong"),
        description=_l("The barrier: what happens now, and to whom."),
        validators=[DataRequired(_l("Say what is wrong now.")), Length(max=MAXIMUM_TEXT)],
        filters=[_tidied],
    )
    remedy = TextAreaField(
        _l("What should change"),
        description=_l("The remedy: who should do what."),
        validators=[DataRequired(_l("Say what should change.")), Length(max=MAXIMUM_TEXT)],
        filters=[_tidied],
    )
    theme = SelectField(_l("Theme"), validators=[InputRequired(_l("Choose a theme."))])
    organization = SelectField(_l("On behalf of"))
    evidence = TextAreaField(
        _l("Evidence"),
        description=_l("What you know and how you know it: numbers, findings, what people live through."),
        validators=[Length(max=MAXIMUM_TEXT)],
        filters=[_tidied],
    )
    sources = FieldList(FormField(SourceForm), label=_l("Sources"), min_entries=SOURCES, max_entries=SOURCES)
    issues = Checkboxes(_l("Critical issues"))
    sectors = Checkboxes(_l("Sectors"))
    jurisdictions = Checkboxes(_l("Jurisdictions"))
    instruments = Checkboxes(_l("Legal instruments"))
    content_notes = Checkboxes(
        _l("Content note"),
        description=_l("If your text speaks of one of these, say so: it is then covered until a reader opens it."),
    )
    language = SelectField(_l("Language of this text"), validators=[InputRequired()])
    revision = HiddenField()

    def validate_sources(self, field: FieldList) -> None:
        if not all(YEAR.fullmatch((entry.form.year.data or "").strip()) for entry in field):
            raise ValidationError(_("Write the year of a source as a number, for example 2024."))
        for fault in source_faults(source.tidied() for source in self.given_sources()):
            raise ValidationError(str(FAULTS[fault]))

    def given_sources(self) -> list[Source]:
        """The sources of which anything was typed."""
        given = []
        for entry in self.sources:
            data = entry.form.data
            if any(data[name] for name in ("title", "publisher", "year", "place", "url")):
                given.append(
                    Source(
                        data["title"] or "",
                        EvidenceKind(data["kind"]),
                        data["publisher"] or "",
                        int(data["year"]) if YEAR.fullmatch(data["year"] or "") and data["year"] else None,
                        data["place"] or "",
                        data["url"] or None,
                    )
                )
        return given

    def text(self) -> ProposalText:
        return ProposalText(
            self.title.data or "", self.barrier.data or "", self.evidence.data or "", self.remedy.data or ""
        )

    def given_notes(self) -> list[str] | None:
        """The content notes, unless a moderator has decided on them."""
        return list(self.content_notes.data or ()) if "content_notes" in self._fields else None

    def theme_id(self, terms: Vocabulary) -> uuid.UUID | None:
        term = terms.by_code(TermKind.THEME, self.theme.data or "")
        return None if term is None else term.id

    def term_ids(self, terms: Vocabulary) -> list[uuid.UUID]:
        found = []
        for kind, name in TERM_FIELDS.items():
            for code in self[name].data or ():
                term = terms.by_code(kind, code)
                if term is not None:
                    found.append(term.id)
        return found


TERM_FIELDS = {
    TermKind.ISSUE: "issues",
    TermKind.SECTOR: "sectors",
    TermKind.JURISDICTION: "jurisdictions",
    TermKind.INSTRUMENT: "instruments",
}


def proposal_form(terms: Vocabulary, voices: Iterable[Voice], *, proposal: Proposal | None = None) -> ProposalForm:
    """The form with its choices; for an edit, filled with the proposal, whose terms and sources are loaded."""
    form = ProposalForm(data=None if proposal is None else _data(proposal, terms))
    here = language()
    form.theme.choices = [
        SelectChoice("", _("Choose one")),
        *(SelectChoice(term.code, term.label[here]) for term in terms.themes),
    ]
    for kind, name in TERM_FIELDS.items():
        form[name].choices = [SelectChoice(term.code, term.label[here]) for term in terms.of(kind)]
    tongues = language_choices(here)
    if form.language.data is None:
        form.language.data = here
    if proposal is not None and proposal.language not in dict(tongues):
        tongues = [*tongues, (proposal.language, language_name(proposal.language, here))]
    form.language.choices = [SelectChoice(*tongue) for tongue in tongues]
    form.organization.choices = [(voice.code, voice.name) for voice in voices if voice.verified]
    form.content_notes.choices = [SelectChoice(note.value, label) for note, label in NOTES.items()]
    if proposal is not None:
        del form.organization
        if proposal.notes_settled:
            del form.content_notes
    return form


def _data(proposal: Proposal, terms: Vocabulary) -> dict[str, Any]:
    theme = terms.by_id(proposal.theme_id)
    data: dict[str, Any] = {
        "title": proposal.title,
        "barrier": proposal.barrier,
        "evidence": proposal.evidence,
        "remedy": proposal.remedy,
        "language": proposal.language,
        "theme": "" if theme is None else theme.code,
        "revision": proposal.revision,
        "content_notes": proposal.content_notes,
        "sources": [
            {name: getattr(source, name) or "" for name in ("title", "kind", "publisher", "year", "place", "url")}
            for source in proposal.sources[:SOURCES]
        ],
    }
    for kind, name in TERM_FIELDS.items():
        data[name] = [term.code for term in proposal.terms if term.kind == kind]
    return data

"""What is typed at the paper desk."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from consultation.organizing.forms import OrganizersForm, needed
from consultation.voting.models import Contest
from consultation.voting.paper import lines_of
from consultation.voting.states import ContestKind, Secrecy

FIRST_LINE = "line1"


class ReadingForm(OrganizersForm):
    """Whose ballot it is, and its lines; ``reading_form`` adds those of the contest's kind. No browser suggests to one
    person what another one has typed."""

    further: TextAreaField | None = None

    def lines(self) -> list[str]:
        """What was typed in each line, the best first."""
        names = sorted((name for name in self._fields if name.startswith("line")), key=lambda name: int(name[4:]))
        typed = [self[name].data or "" for name in names]
        return [*typed, *(self["further"].data or "").splitlines()] if "further" in self else typed

    def line_with(self, item: str) -> str:
        """The field in which this was typed."""
        for name in self._fields:
            if name.startswith(("line", "further")) and item.lower() in (self[name].data or "").lower():
                return str(name)
        return FIRST_LINE


def reading_form(contest: Contest, max_choices: int) -> ReadingForm:
    """The form of one contest, with what was sent."""
    off = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}
    labelled = contest.secrecy is Secrecy.NO_ROLL

    def line(label: Any, **options: Any) -> StringField:
        return StringField(label, [Optional(), Length(max=20_000)], render_kw=off, **options)

    class Form(ReadingForm):
        voter = StringField(
            _l("Label of the envelope or the paper") if labelled else _l("Code on the envelope"),
            [needed(), Length(max=80)],
            render_kw=off,
        )

    count = lines_of(contest.kind, max_choices)
    for number in range(1, count + 1):
        how = _how_to_type(contest.kind) if number == 1 else ""
        setattr(Form, f"line{number}", line(_label(contest.kind, number), description=how))
    if contest.kind is ContestKind.RANKING and max_choices > count:
        further = TextAreaField(
            _l("Further places, one line each"), [Optional(), Length(max=200_000)], render_kw=off | {"rows": 4}
        )
        Form.further = further
    Form.blank = BooleanField(_l("The ballot is blank"))
    return Form()


def _how_to_type(kind: ContestKind) -> str:
    said = [_("Items by their number or code on the ballot, set apart by spaces or commas.")]
    if kind is ContestKind.RANKING:
        said.append(_("If the paper leaves a place out, type the next one in its place."))
    return " ".join(said)


def _label(kind: ContestKind, number: int) -> str:
    if kind is ContestKind.RANKING:
        return str(_("Place %(number)d", number=number))
    if kind is ContestKind.TIERS:
        return str(_("Marked as essential") if number == 1 else _("Marked, not essential"))
    return str(_("Marked"))

"""What organizers type about contests."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateTimeLocalField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, Regexp

from consultation.convening.states import TermKind
from consultation.convening.vocabulary import Vocabulary
from consultation.organizing.forms import LOCAL, Boxes, OrganizersForm, needed, people, reason_field, stripped
from consultation.organizing.wording import AFFILIATES, CONTEST_KINDS, COUNTRIES, HEADLINES, SECRECIES, UNITS
from consultation.voting.rules import DEFAULT_CHOICES, DEFAULT_ESSENTIAL, FEWEST_PUBLISHED, PUBLISHED_FROM
from consultation.voting.states import AffiliatesCount, VotingUnit
from consultation.web.locale import language


def _codes(typed: str | None) -> list[str]:
    """Codes set apart by spaces, commas or lines."""
    return sorted(set((typed or "").replace(",", " ").split()))


class _Electorate(OrganizersForm):
    """The part of a form that says which members vote; ``offer`` gives it the vocabulary's terms."""

    unit = RadioField(
        _l("Who has a ballot"),
        [DataRequired(_l("This is needed."))],
        choices=[SelectChoice(kind.value, label) for kind, label in UNITS.items()],
        default=VotingUnit.MEMBERS.value,
        description=_l("A person with several mandates has one ballot, by the mandate that began first."),
    )
    affiliates_count = SelectField(
        _l("An umbrella and its affiliates"),
        choices=[SelectChoice(kind.value, label) for kind, label in AFFILIATES.items()],
        default=AffiliatesCount.EACH.value,
        description=_l(
            "The umbrella casts a family’s ballot; failing that, the affiliate that was agreed first. Where delegates "
            "vote, they are those of that one organization."
        ),
    )
    countries = Boxes(
        _l("Only members that work in"), choices=[SelectChoice(code, label) for code, label in COUNTRIES.items()]
    )
    jurisdictions = Boxes(_l("Only members of these places"), choices=[])
    sectors = Boxes(_l("Only members of these sectors"), choices=[])
    themes = Boxes(_l("Only members that have a published proposal in these themes"), choices=[])
    only = TextAreaField(
        _l("Only the members of this list"),
        [Optional(), Length(max=20_000)],
        description=_l("Codes, set apart by spaces or lines."),
        render_kw={"rows": 2},
    )
    without = TextAreaField(
        _l("Without these members"),
        [Optional(), Length(max=20_000)],
        description=_l("Codes, set apart by spaces or lines."),
        render_kw={"rows": 2},
    )

    def offer(self, terms: Vocabulary) -> None:
        for name, kind in (
            ("jurisdictions", TermKind.JURISDICTION),
            ("sectors", TermKind.SECTOR),
            ("themes", TermKind.THEME),
        ):
            self[name].choices = [SelectChoice(term.code, term.label[language()]) for term in terms.of(kind)]

    def electorate(self) -> dict[str, list[str]]:
        """What was chosen, as ``Narrowing`` takes it."""
        return {
            "countries": list(self.countries.data or ()),
            "places": list(self.jurisdictions.data or ()),
            "sectors": list(self.sectors.data or ()),
            "themes": list(self.themes.data or ()),
            "only": _codes(self.only.data),
            "without": _codes(self.without.data),
        }

    @property
    def is_narrowed(self) -> bool:
        return any(self.electorate().values())


class ContestForm(_Electorate):
    code = StringField(
        _l("Code"),
        [needed(), Length(max=40), Regexp(r"^[A-Za-z0-9][A-Za-z0-9-]*$", message=_l("Use letters, digits, hyphens."))],
        [stripped],
    )
    question_en = StringField(_l("Question in English"), [Optional(), Length(max=300)], [stripped])
    question_fr = StringField(_l("Question in French"), [Optional(), Length(max=300)], [stripped])
    question_es = StringField(_l("Question in Spanish"), [Optional(), Length(max=300)], [stripped])
    kind = SelectField(_l("Ballot"), choices=[SelectChoice(kind.value, label) for kind, label in CONTEST_KINDS.items()])
    secrecy = SelectField(_l("Secrecy"), choices=[SelectChoice(kind.value, label) for kind, label in SECRECIES.items()])
    rule = SelectField(
        _l("Rule that decides"),
        choices=[
            SelectChoice("", _l("The usual one for this ballot")),
            *(SelectChoice(rule, name) for rule, name in HEADLINES),
        ],
        default="",
    )
    places = IntegerField(_l("Places to fill"), [needed(), NumberRange(min=1, max=1000)], default=10)
    minutes = IntegerField(_l("Minutes of the gathering"), [Optional(), NumberRange(min=1, max=10000)])
    max_choices = IntegerField(
        _l("Most items on a ballot"),
        [Optional(), NumberRange(min=1, max=5000)],
        description=_l(
            "%(choices)d unless you say otherwise: a long ballot can be recognized by its order.",
            choices=DEFAULT_CHOICES,
        ),
    )
    max_essential = IntegerField(
        _l("Of these essential, at most"),
        [Optional(), NumberRange(min=0, max=5000)],
        description=_l("%(essential)d unless you say otherwise.", essential=DEFAULT_ESSENTIAL),
    )
    opens = DateTimeLocalField(
        _l("Opens"), [Optional()], format=list(LOCAL), description=_l("Empty: when two organizers have signed off.")
    )
    closes = DateTimeLocalField(
        _l("Closes"), [Optional()], format=list(LOCAL), description=_l("Empty: when an organizer closes it.")
    )
    ballots_published_from = IntegerField(
        _l("Ballots are published from this many voters on"),
        [Optional(), NumberRange(min=FEWEST_PUBLISHED, max=1_000_000)],
        default=PUBLISHED_FROM,
        description=_l("Those of fewer voters could be recognized: auditors get them, and the public the count."),
    )
    beacon_source = StringField(
        _l("Beacon"),
        [Optional(), Length(max=300)],
        [stripped],
        description=_l("A public value of a time after the close, which breaks ties."),
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """The question is asked in all three languages, or the usual one is."""
        valid = bool(super().validate(extra_validators))
        asked = [name for name in ("question_en", "question_fr", "question_es") if self[name].data]
        for name in {"question_en", "question_fr", "question_es"} - set(asked) if asked else ():
            self.refuse(name, _l("The question is needed in all three languages, or in none."))
            valid = False
        return valid


class ElectorateForm(_Electorate):
    people = people(_l("Who votes besides organizations"))
    reason = reason_field()


class AnnouncementForm(OrganizersForm):
    objections_until = DateTimeLocalField(
        _l("Members can object until"),
        [InputRequired(_l("Give a date and a time."))],
        format=list(LOCAL),
        description=_l("Once it is announced, this can only become later."),
    )


class AnswerForm(OrganizersForm):
    upheld = RadioField(
        _l("Your answer"),
        [needed()],
        choices=[SelectChoice("yes", _l("It is right, and we act on it")), SelectChoice("no", _l("The roll stands"))],
    )
    answer = TextAreaField(_l("Why, or what is done"), [needed(), Length(max=2000)], [stripped], render_kw={"rows": 3})


class TallyForm(OrganizersForm):
    beacon = StringField(_l("Value of the beacon"), [Optional(), Length(max=300)], [stripped])


class ExploreForm(OrganizersForm):
    """Asked by GET, so that an exploration has an address; ``offer`` gives it the rules."""

    class Meta:
        csrf = False

    rule = SelectField(_l("Rule"), choices=[])
    places = IntegerField(_l("Places to fill"), [InputRequired(), NumberRange(min=1)])
    minutes = IntegerField(_l("Minutes of the gathering"), [Optional(), NumberRange(min=1, max=100_000)])
    without = StringField(
        _l("Items taken out"), [Optional(), Length(max=20_000)], description=_l("Codes, set apart by spaces or lines.")
    )
    first = StringField(
        _l("Items placed first, in this order"),
        [Optional(), Length(max=20_000)],
        description=_l(
            "Under Phragmén’s rule their supporters are charged for them, so that nobody gains by it twice."
        ),
    )

    def offer(self, rules: list[tuple[str, Any]]) -> None:
        self.rule.choices = [SelectChoice(rule, label) for rule, label in rules]

    def codes(self, name: str) -> list[str]:
        """The codes that were typed, in order."""
        return list(dict.fromkeys((self[name].data or "").replace(",", " ").split()))

"""What a paper ballot says, in each language in which it is printed."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from consultation.voting.models import Contest
from consultation.voting.paper_queries import PrintedBallot
from consultation.voting.states import ContestKind, Secrecy
from consultation.web.locale import LOCALES, format_instant, speaking


@dataclass(frozen=True, slots=True)
class Printed:
    """A ballot's words in one language. ``marks``: the heads of the columns in which one marks."""

    tongue: str
    kicker: str
    question: str
    proof: str
    instructions: Sequence[str]
    number: str
    item: str
    marks: Sequence[str]
    blank: str


def printed(contest: Contest, ballot: PrintedBallot, tongue: str, zone: ZoneInfo) -> Printed:
    """In this language, whatever the page's is."""
    with force_locale(LOCALES[tongue]), speaking(tongue):
        return Printed(
            tongue=tongue,
            kicker=f"{contest.consultation.title[tongue]} · {contest.code}",
            question=contest.question[tongue],
            proof=_("PROOF – not a ballot"),
            instructions=[*_how(contest.kind, ballot), *_around(contest, zone)],
            number=_("No."),
            item=_("Item"),
            marks=_marks(contest.kind),
            blank=_("I hand in a blank ballot"),
        )


def _marks(kind: ContestKind) -> list[str]:
    if kind is ContestKind.RANKING:
        return [_("Rank")]
    if kind is ContestKind.TIERS:
        return [_("Essential"), _("Marked")]
    return [_("Marked")]


def _how(kind: ContestKind, ballot: PrintedBallot) -> list[str]:
    most = ballot.max_choices
    if kind is ContestKind.RANKING:
        said = [
            ngettext(
                "Write 1 beside the item that you put first. You can rank one item.",
                "Write 1 beside the item that you put first, 2 beside the second, and so on. You can rank up to "
                "%(num)d items.",
                most,
            )
        ]
        said.append(
            _("Items that you put on a level get the same number.") if ballot.ties else _("Give each number only once.")
        )
        return said
    said = [ngettext("You can mark %(num)d item.", "You can mark up to %(num)d items.", most)]
    if kind is ContestKind.TIERS:
        said.append(
            ngettext(
                "Cross its box under “Essential” or under “Marked”, not both; %(num)d item can be essential.",
                "For each one cross the box under “Essential” or under “Marked”, not both; up to %(num)d can be "
                "essential.",
                ballot.max_essential,
            )
            if ballot.max_essential
            else _("In this contest no item can be essential: cross the box under “Marked”.")
        )
    else:
        said.append(_("Cross the box beside each item that you choose. All of them count alike."))
    return said


def _around(contest: Contest, zone: ZoneInfo) -> list[str]:
    said = [_("Write no name and nothing else on this sheet.")]
    if contest.secrecy is not Secrecy.NO_ROLL:
        said.append(
            _(
                "Fold it into an envelope that bears nothing. Put that into a second envelope with the slip that bears "
                "your code, and sign the slip."
            )
        )
        said.append(_("You can still vote online until the close. Then that ballot counts, and this one does not."))
    if contest.closes_at is not None:
        said.append(
            _(
                "It must be in the desk’s hands in time to be read before %(day)s.",
                day=format_instant(contest.closes_at, zone),
            )
        )
    said.append(_("Two people read it and type it into the ballot box. They see whose it is, and must keep it secret."))
    return said

"""The phases of a consultation and what each of them opens; kinds of vocabulary. Pure data."""

from collections.abc import Mapping
from enum import StrEnum

from consultation.kernel.permissions import Permission
from consultation.kernel.roles import COLLECTIVE, MemberKind


class PhaseName(StrEnum):
    PROPOSE = "propose"
    DISCUSS = "discuss"
    CURATE = "curate"
    RANK = "rank"
    DRAFT = "draft"
    GATHERING = "gathering"
    PROGRESS = "progress"


PHASE_ORDER: tuple[PhaseName, ...] = tuple(PhaseName)

OPENED_BY_PHASE: Mapping[PhaseName, frozenset[Permission]] = {
    PhaseName.PROPOSE: frozenset(
        {
            Permission.PROPOSAL_SUBMIT,
            Permission.PROPOSAL_AMEND,
            Permission.PROPOSAL_ENDORSE,
            Permission.COMMENT_POST,
        }
    ),
    PhaseName.DISCUSS: frozenset({Permission.PROPOSAL_AMEND, Permission.PROPOSAL_ENDORSE, Permission.COMMENT_POST}),
    PhaseName.CURATE: frozenset(),
    PhaseName.RANK: frozenset({Permission.BALLOT_CAST}),
    PhaseName.DRAFT: frozenset(),
    PhaseName.GATHERING: frozenset(),
    PhaseName.PROGRESS: frozenset(),
}


class Act(StrEnum):
    """What members may do in a consultation, by its rule."""

    PROPOSE = "propose"
    COMMENT = "comment"
    ENDORSE = "endorse"
    VOTE = "vote"


_PEOPLE = frozenset({MemberKind.INDIVIDUAL, MemberKind.EXPERT})

#: Unless a consultation says otherwise: people bring and discuss, organizations also support and vote.
MEMBERS_BY_DEFAULT: Mapping[Act, frozenset[MemberKind]] = {
    Act.PROPOSE: COLLECTIVE | _PEOPLE,
    Act.COMMENT: COLLECTIVE | _PEOPLE,
    Act.ENDORSE: COLLECTIVE,
    Act.VOTE: COLLECTIVE,
}

#: Which kinds a rule may name; observers read only, and organizations always may.
RULED = _PEOPLE


class PublicStep(StrEnum):
    """The four words that the public reads."""

    BRING = "bring"
    DISCUSS = "discuss"
    PRIORITIZE = "prioritize"
    FOLLOW = "follow"


PUBLIC_STEP: Mapping[PhaseName, PublicStep] = {
    PhaseName.PROPOSE: PublicStep.BRING,
    PhaseName.DISCUSS: PublicStep.DISCUSS,
    PhaseName.CURATE: PublicStep.DISCUSS,
    PhaseName.RANK: PublicStep.PRIORITIZE,
    PhaseName.DRAFT: PublicStep.PRIORITIZE,
    PhaseName.GATHERING: PublicStep.FOLLOW,
    PhaseName.PROGRESS: PublicStep.FOLLOW,
}


class TermKind(StrEnum):
    THEME = "theme"
    ISSUE = "issue"
    SECTOR = "sector"
    JURISDICTION = "jurisdiction"
    INSTRUMENT = "instrument"

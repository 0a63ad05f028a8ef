"""Words of the organizers' pages."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from consultation.convening.rules import Problem
from consultation.convening.states import TermKind
from consultation.exchange.reading import Kind
from consultation.kernel.jobs import JobState
from consultation.kernel.roles import MemberKind
from consultation.organizing.rules import Milestone, Step
from consultation.proposals.states import ProposalState
from consultation.voting.operations import ContestNotReady
from consultation.voting.states import AffiliatesCount, ContestKind, ContestState, ObjectionKind, Secrecy, VotingUnit
from consultation.voting.wording import RULE_NAMES

STEPS: Mapping[Step, LazyString] = {
    Step.DATE_PHASES: _l("No phase is open. Date the phases, or enter one now."),
    Step.REVIEW_QUEUE: _l("Proposals wait for a moderator."),
    Step.GATHER_PROPOSALS: _l("Nothing is published yet. Invite organizations to propose, or import proposals."),
    Step.ADMIT: _l("Published proposals are not agenda items yet. Admit them."),
    Step.CREATE_CONTEST: _l("There are items and no contest. Create one."),
    Step.OPEN_CONTEST: _l("The contest is configured. Check it, then open it."),
    Step.CLOSE_CONTEST: _l("The contest is open. Close it when its time is over."),
    Step.TALLY: _l("The contest is closed. Tally it."),
    Step.PUBLISH_RESULT: _l("The result is tallied and nobody sees it yet. Publish it."),
    Step.DRAFT: _l("The result is published. Draft the agenda from it."),
    Step.RELEASE: _l("The agenda is drafted. Release its first version."),
    Step.FINAL_RELEASE: _l("A draft of the agenda is released. Release the final version when it is agreed."),
}
ACTS: Mapping[Step, LazyString] = {
    Step.DATE_PHASES: _l("Date the phases"),
    Step.REVIEW_QUEUE: _l("Open the queue"),
    Step.GATHER_PROPOSALS: _l("See the page that organizations see"),
    Step.ADMIT: _l("Admit proposals"),
    Step.CREATE_CONTEST: _l("Make a contest"),
    Step.OPEN_CONTEST: _l("Check and open it"),
    Step.CLOSE_CONTEST: _l("See the contest"),
    Step.TALLY: _l("Tally it"),
    Step.PUBLISH_RESULT: _l("Publish the result"),
    Step.DRAFT: _l("Draft the agenda"),
    Step.RELEASE: _l("Release a version"),
    Step.FINAL_RELEASE: _l("Release the final version"),
}
"""What the button beside a step says."""
MILESTONES: Mapping[Milestone, LazyString] = {
    Milestone.PROPOSALS: _l("Proposals published"),
    Milestone.ITEMS: _l("All of them in items"),
    Milestone.CONTEST: _l("Contest opened"),
    Milestone.RESULT: _l("Result published"),
    Milestone.DRAFT: _l("Agenda drafted"),
    Milestone.RELEASE: _l("Version released"),
    Milestone.FINAL: _l("Final version"),
}
PROPOSAL_STATES: Mapping[ProposalState, LazyString] = {
    ProposalState.DRAFT: _l("Drafts"),
    ProposalState.SUBMITTED: _l("Waiting for a moderator"),
    ProposalState.NEEDS_CHANGES: _l("Sent back for changes"),
    ProposalState.PUBLISHED: _l("Published, in no item yet"),
    ProposalState.PLACED: _l("Placed in an item"),
    ProposalState.DECLINED: _l("Declined"),
    ProposalState.WITHDRAWN: _l("Withdrawn"),
}
CONTEST_STATES: Mapping[ContestState, LazyString] = {
    ContestState.CONFIGURED: _l("Configured"),
    ContestState.OPEN: _l("Open"),
    ContestState.CLOSED: _l("Closed"),
    ContestState.TALLIED: _l("Tallied"),
    ContestState.PUBLISHED: _l("Published"),
    ContestState.VOID: _l("Void"),
}
CONTEST_KINDS: Mapping[ContestKind, LazyString] = {
    ContestKind.TIERS: _l("Choices, some of them essential"),
    ContestKind.RANKING: _l("An order, ties allowed"),
    ContestKind.SHORTLIST: _l("Choices, all alike"),
}
SECRECIES: Mapping[Secrecy, LazyString] = {
    Secrecy.SECRET: _l("Secret: nobody can tell who cast which ballot after the close"),
    Secrecy.NAMED: _l("Named: the roll is published beside the ballots"),
    Secrecy.NO_ROLL: _l("No roll: paper or outside ballots"),
}
AFFILIATES: Mapping[AffiliatesCount, LazyString] = {
    AffiliatesCount.EACH: _l("Each on its own"),
    AffiliatesCount.FAMILY: _l("One ballot for the family"),
}
UNITS: Mapping[VotingUnit, LazyString] = {
    VotingUnit.MEMBERS: _l("Each member, cast by any of its delegates"),
    VotingUnit.DELEGATES: _l("Each delegate: every person with a mandate to vote for one of the members"),
}
COUNTRIES: Mapping[str, LazyString] = {
    "CA": _l("Canada"),
    "US": _l("United States"),
    "MX": _l("Mexico"),
}
HEADLINES: tuple[tuple[str, LazyString], ...] = tuple(
    (rule, RULE_NAMES[rule])
    for rule in ("expanding_approvals", "phragmen", "approval", "borda", "schulze", "ranked_pairs", "irv", "stv")
)
"""The rules that can decide, besides each ballot's usual one."""
OBJECTIONS: Mapping[ObjectionKind, LazyString] = {
    ObjectionKind.MISSING: _l("A member is missing"),
    ObjectionKind.NOT_ENTITLED: _l("A member should not be on it"),
    ObjectionKind.OTHER: _l("Something else is wrong"),
}
OUTCOMES: Mapping[str, LazyString] = {
    "confirmed": _l("Confirmed"),
    "declined": _l("Declined"),
    "withdrawn": _l("Taken back"),
    "expired": _l("Not confirmed in seven days"),
}
VOCABULARIES: Mapping[TermKind, LazyString] = {
    TermKind.THEME: _l("Themes"),
    TermKind.ISSUE: _l("Critical issues"),
    TermKind.SECTOR: _l("Sectors"),
    TermKind.JURISDICTION: _l("Jurisdictions"),
    TermKind.INSTRUMENT: _l("Legal instruments"),
}
PEOPLE: Mapping[MemberKind, LazyString] = {
    MemberKind.INDIVIDUAL: _l("Individuals"),
    MemberKind.EXPERT: _l("Experts"),
}
KINDS: Mapping[Kind, LazyString] = {
    Kind.ORGANIZATIONS: _l("Organizations"),
    Kind.PROPOSALS: _l("Proposals"),
    Kind.COMMENTS: _l("Comments"),
    Kind.BALLOTS: _l("Ballots"),
}
STATUSES: Mapping[str, LazyString] = {
    "imported": _l("Imported"),
    "unchanged": _l("Unchanged"),
    "flagged": _l("Imported, with a remark"),
    "rejected": _l("Rejected"),
}
FORECASTS: Mapping[str, LazyString] = {
    "imported": _l("Would be imported"),
    "unchanged": _l("Unchanged"),
    "flagged": _l("Would be imported, with a remark"),
    "rejected": _l("Rejected"),
}
"""The same before anything is imported."""
JOB_STATES: Mapping[JobState, LazyString] = {
    JobState.QUEUED: _l("Waits for its turn"),
    JobState.RUNNING: _l("Under way"),
    JobState.DONE: _l("Done"),
    JobState.FAILED: _l("Failed"),
    JobState.CANCELLED: _l("Cancelled"),
}
PROBLEMS: Mapping[Problem, LazyString] = {
    Problem.SLUG_SHAPE: _l("The short address takes small letters, digits and single hyphens, 60 at the most."),
    Problem.SLUG_TAKEN: _l("Another consultation has this short address. Choose another one."),
    Problem.PREFIX_SHAPE: _l("The prefix takes 2 to 8 capital letters and digits and begins with a letter."),
    Problem.PREFIX_TAKEN: _l("Another consultation has this prefix. Choose another one."),
    Problem.TITLE_MISSING: _l("The title is needed in English, French and Spanish."),
    Problem.ZONE_UNKNOWN: _l("There is no time zone of this name. Use one such as America/Toronto."),
    Problem.DATE_TWICE_OR_NEVER: _l("On that day the clocks change, and this time comes twice or never."),
    Problem.CLOSES_WITHOUT_OPENING: _l("A phase that closes also needs a date on which it opens."),
    Problem.CLOSES_TOO_EARLY: _l("A phase closes after it opens."),
    Problem.CODE_SHAPE: _l("The code takes letters and digits, set apart by single hyphens."),
    Problem.CODE_TAKEN: _l("Another term of this vocabulary has this code. Choose another one."),
    Problem.LABEL_MISSING: _l("The name is needed in English, French and Spanish."),
}
NOT_READY: Mapping[str, LazyString] = {
    "window_over": _l("Its closing date has passed already."),
    "no_items": _l("There are no agenda items to vote on. Admit proposals first."),
    "too_many_places": _l("It fills more places than there are items."),
    "no_voters": _l("Nobody meets its electorate yet, so nobody could vote."),
    "beacon_needed": _l("Its announced beacon value is needed to break ties."),
    "unknown_rule": _l("There is no counting rule of this name."),
    "rule_needs_order": _l("This rule reads an order, and a ballot of choices that are all alike has none."),
    "unknown_member": _l("No member has this code."),
    "too_few_published": _l("Ballots of so few voters could be recognized."),
    "delegates_need_roll": _l("Delegates vote only where there is a roll: choose another kind of secrecy, or members."),
    "objections_too_short": _l("Members need time to object: give a later date."),
    "objections_running": _l("Members can still object to the roll. It can open when their time is over."),
    "objections_waiting": _l("Objections to the roll have no answer yet. Answer them first."),
    "changed_since_asked": _l("It has changed since the first organizer signed off. Sign off on it as it stands now."),
}


def sentence(error: ContestNotReady) -> str:
    """What a refusal says, with what it is about where it names something."""
    said = str(NOT_READY[error.code])
    return f"{said} {error.what}" if error.what else said

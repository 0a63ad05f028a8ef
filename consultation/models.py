"""Every room's models, so that the metadata is complete wherever it is needed (migrations, the application)."""

from consultation.accounts import address_models as addresses
from consultation.accounts import closing_models as closures
from consultation.accounts import models as accounts
from consultation.convening import models as convening
from consultation.curation import models as curation
from consultation.discussion import models as discussion
from consultation.drafting import models as drafting
from consultation.kernel import outbox, two_steps
from consultation.kernel.jobs import models as jobs
from consultation.kernel.letters import models as letters
from consultation.membership import models as membership
from consultation.moderation import models as moderation
from consultation.notifications import models as notifications
from consultation.privacy import models as privacy
from consultation.proposals import models as proposals
from consultation.voting import models as voting
from consultation.voting import paper_models as paper
from consultation.voting import roll_models as rolls

__all__ = [
    "accounts",
    "addresses",
    "closures",
    "convening",
    "curation",
    "discussion",
    "drafting",
    "jobs",
    "letters",
    "membership",
    "moderation",
    "notifications",
    "outbox",
    "paper",
    "privacy",
    "proposals",
    "rolls",
    "two_steps",
    "voting",
]

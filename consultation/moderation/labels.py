"""The reasons of moderation in words: what the moderator chooses from, and the sentence that the public reads."""

from flask_babel import lazy_gettext as _l

from consultation.moderation.states import ActionKind, ReasonCode

CHOICES = {
    ReasonCode.OUT_OF_SCOPE: _l("Outside this consultation"),
    ReasonCode.UNCLEAR: _l("Not clear enough"),
    ReasonCode.DUPLICATE: _l("Says what another proposal says"),
    ReasonCode.PERSONAL_DETAILS: _l("Contains personal details"),
    ReasonCode.HARMFUL: _l("Attacks or demeans people"),
    ReasonCode.SPAM: _l("Advertising or spam"),
    ReasonCode.OTHER: _l("Another reason"),
}

SENTENCES = {
    ReasonCode.OUT_OF_SCOPE: _l("It is outside what this consultation is about."),
    ReasonCode.UNCLEAR: _l("It is not clear what is wrong or what should change."),
    ReasonCode.DUPLICATE: _l("Another proposal says the same."),
    ReasonCode.PERSONAL_DETAILS: _l("It contains personal details about somebody."),
    ReasonCode.HARMFUL: _l("It attacks or demeans people."),
    ReasonCode.SPAM: _l("It is advertising or spam."),
    ReasonCode.IMPORTED_DECISION: _l("It was declined in the system that it was imported from."),
    ReasonCode.OTHER: _l("The moderators gave another reason to its author."),
}

DECISIONS = {
    ActionKind.PUBLISH: _l("Published"),
    ActionKind.REQUEST_CHANGES: _l("Sent back for changes"),
    ActionKind.DECLINE: _l("Declined"),
    ActionKind.HIDE: _l("Hidden"),
    ActionKind.RESTORE: _l("Shown again"),
    ActionKind.ANNOTATE: _l("Content note changed"),
}


def reason_sentence(code: str | None) -> str:
    """What the public reads for a reason's code; an unknown one reads as another reason, and none as nothing."""
    if not code:
        return ""
    known = code in ReasonCode._value2member_map_
    return str(SENTENCES[ReasonCode(code) if known else ReasonCode.OTHER])


def decision_label(kind: ActionKind) -> str:
    return str(DECISIONS[kind])

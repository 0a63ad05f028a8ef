"""Where signing in leads when no page was asked for. Pure."""

from collections.abc import Collection

from consultation.kernel.roles import Role

FRONT = "portal.front"

LANDINGS = (
    (Role.ORGANIZER, "organizing.index"),
    (Role.ADMINISTRATOR, "organizing.people"),
    (Role.MODERATOR, "moderation.queue"),
    (Role.AUDITOR, "organizing.index"),
)
"""By role, the one with most to do first. A delegate lands on the front page, which says what awaits them."""


def landing(roles: Collection[Role]) -> str:
    """The endpoint of the page on which somebody with these roles finds what they have to do."""
    return next((endpoint for role, endpoint in LANDINGS if role in roles), FRONT)

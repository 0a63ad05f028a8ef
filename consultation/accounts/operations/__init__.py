"""What can be done with accounts: creating them, ways of signing in, sessions."""

from consultation.accounts.operations.entering import (
    INVITATION_LIFETIME,
    LINK_LIFETIME,
    create_sign_in_link,
    link_stands,
    note_failed_sign_in,
    sign_in_with_password,
    use_link,
    welcome,
)
from consultation.accounts.operations.people import AddressTaken, create_user, enrol, set_password
from consultation.accounts.operations.sessions import (
    Begun,
    begin_session,
    end_own_sessions,
    end_session,
    end_sessions,
    note_use,
)

__all__ = [
    "INVITATION_LIFETIME",
    "LINK_LIFETIME",
    "AddressTaken",
    "Begun",
    "begin_session",
    "create_sign_in_link",
    "create_user",
    "end_own_sessions",
    "end_session",
    "end_sessions",
    "enrol",
    "link_stands",
    "note_failed_sign_in",
    "note_use",
    "set_password",
    "sign_in_with_password",
    "use_link",
    "welcome",
]

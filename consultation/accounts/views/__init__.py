"""The accounts' pages: signing in and out, and what keeps an account safe."""

from consultation.accounts.views import (
    address,
    authenticator,
    passkeys,
    password,
    provider,
    second_step,
    security,
    signing_in,
)
from consultation.accounts.views.blueprint import bp

__all__ = [
    "address",
    "authenticator",
    "bp",
    "passkeys",
    "password",
    "provider",
    "second_step",
    "security",
    "signing_in",
]

"""The accounts' pages: signing in with a password or a one-time link, and signing out."""

from consultation.accounts.views.signing_in import bp

__all__ = ["bp"]

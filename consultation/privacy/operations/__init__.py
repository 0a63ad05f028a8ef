"""The verbs of privacy."""

from consultation.privacy.operations.agreeing import agree, withdraw
from consultation.privacy.operations.pages import Outdated, save_page

__all__ = ["Outdated", "agree", "save_page", "withdraw"]

"""The verbs of privacy."""

from consultation.privacy.operations.agreeing import agree, withdraw
from consultation.privacy.operations.choosing import choose_letters, choose_naming
from consultation.privacy.operations.pages import Outdated, save_page

__all__ = ["Outdated", "agree", "choose_letters", "choose_naming", "save_page", "withdraw"]

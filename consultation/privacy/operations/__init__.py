"""The verbs of privacy."""

from consultation.privacy.operations.agreeing import agree, withdraw
from consultation.privacy.operations.choosing import choose_letters, choose_naming
from consultation.privacy.operations.erasing import (
    ERASING,
    InTheWay,
    ask_erasure,
    erase_at_once,
    obstacles,
    take_back,
)
from consultation.privacy.operations.exporting import personal_data
from consultation.privacy.operations.keeping import KEEPING, SLEEPING
from consultation.privacy.operations.pages import Outdated, save_page

__all__ = [
    "ERASING",
    "KEEPING",
    "SLEEPING",
    "InTheWay",
    "Outdated",
    "agree",
    "ask_erasure",
    "choose_letters",
    "choose_naming",
    "erase_at_once",
    "obstacles",
    "personal_data",
    "save_page",
    "take_back",
    "withdraw",
]

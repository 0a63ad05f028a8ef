"""How a person is named where everybody reads. Pure."""

from enum import StrEnum


class ShownAs(StrEnum):
    """By the organization alone for which they speak (nobody is named without having chosen it), by a pseudonym, or
    by their own name."""

    DELEGATE = "delegate"
    PSEUDONYM = "pseudonym"
    NAME = "name"

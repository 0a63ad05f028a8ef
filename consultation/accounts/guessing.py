"""Passwords that are tried first: those of lists of breached ones, and what people make of them. The lists are those of
zxcvbn, which looks at the password here and asks nobody; it is loaded where it is used."""

from collections.abc import Sequence

from consultation.accounts import rules

#: From 0 to 4; below 3 a password falls to ten thousand tries a second within a day or so.
ENOUGH = 3
LONGEST_LOOKED_AT = 72
SITE = ("cnerj", "rcejr", "agenda", "consultation", "gathering", "rassemblement", "encuentro")


def refuse_guessable(password: str, about: Sequence[str]) -> None:
    """``about`` are the person's name and address.

    Raises:
        GuessablePassword: when it would be among the first to be tried.
    """
    from zxcvbn import zxcvbn

    if rules.made_of_own_words(password, (*about, *SITE)):
        raise rules.GuessablePassword
    known = [*about, *(word for text in about for word in text.replace("@", " ").replace(".", " ").split()), *SITE]
    if zxcvbn(password[:LONGEST_LOOKED_AT], user_inputs=known)["score"] < ENOUGH:
        raise rules.GuessablePassword

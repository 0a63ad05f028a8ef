"""Catalogues for the tests: none at all, and one that marks what it was asked to translate."""

from gettext import NullTranslations

PLAIN = NullTranslations()


class Marking:
    """Every message comes back with a mark at both ends, so that what escapes translation shows."""

    def gettext(self, message: str, /) -> str:
        return f"‹{message}›"

    def ngettext(self, singular: str, plural: str, number: int, /) -> str:
        return f"‹{singular if number == 1 else plural}›"

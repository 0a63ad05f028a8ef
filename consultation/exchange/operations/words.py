"""Terms and organizations that the rows of a file name."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from consultation.convening.states import TermKind
from consultation.convening.vocabulary import Vocabulary
from consultation.exchange.reading import ColumnMap


class Words:
    """Looks up what a row says in the vocabularies; what is not there goes back under its column's name."""

    def __init__(self, vocabulary: Vocabulary, columns: ColumnMap) -> None:
        self._vocabulary = vocabulary
        self._columns = columns

    def terms(self, kind: TermKind, field: str, names: Iterable[str]) -> tuple[list[uuid.UUID], dict[str, Any]]:
        """Ids of the terms named, and the names that no term has."""
        found, unknown = [], []
        for name in names:
            term = self._vocabulary.by_code(kind, name)
            if term is None:
                unknown.append(name)
            else:
                found.append(term.id)
        return found, self.left(field, unknown)

    def left(self, field: str, values: Sequence[str]) -> dict[str, Any]:
        """Values for which the field has no use, under the name of the column that they come from."""
        if not values:
            return {}
        column = next(iter(self._columns.fields.get(field, ())), field)
        return {column: values[0] if len(values) == 1 else list(values)}

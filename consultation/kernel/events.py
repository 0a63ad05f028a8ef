"""What an event is: something that happened, in the past tense."""

import uuid
from typing import Any, ClassVar, dataclass_transform


@dataclass_transform(frozen_default=True)
class Event:
    """A subclass lists what it tells as a dataclass does, beginning with ``subject_id``, which names what it happened
    to. Checkers of types see a frozen dataclass.

    One initializer serves all of them: ``dataclass`` would compile six functions for each of a hundred classes, a
    twentieth of every start, and most are never called.
    """

    subject_id: uuid.UUID
    told: ClassVar[tuple[str, ...]]
    """The names of what it tells, in order."""

    def __init_subclass__(cls) -> None:
        cls.told = tuple(cls.__annotations__)

    def __init__(self, *values: Any, **named: Any) -> None:
        told = type(self).told
        defaults = {name: getattr(type(self), name) for name in told if hasattr(type(self), name)}
        placed = dict(zip(told, values, strict=False))
        given = defaults | placed | named
        if len(values) > len(told) or placed.keys() & named.keys() or given.keys() != set(told):
            raise TypeError(f"{type(self).__name__} tells {', '.join(told)}.")
        vars(self).update((name, given[name]) for name in told)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{type(self).__name__} has happened: {name} cannot be set.")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((type(self), self.subject_id))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in vars(self).items())})"

"""Which consultation the front page is about, and how it tells where that stands."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from consultation.convening.rules import Standing
from consultation.convening.states import PhaseName, PublicStep
from consultation.portal.rules import course, featured

NOW = datetime(2027, 3, 1, 15, 0, tzinfo=UTC)
DAY = timedelta(days=1)
TORONTO = ZoneInfo("America/Toronto")


@dataclass(frozen=True)
class Phase:
    name: PhaseName
    opens_at: datetime | None = None
    closes_at: datetime | None = None


@dataclass(frozen=True)
class Process:
    phases: list[Phase] = field(default_factory=list)


def in_phase(name):
    return Process([Phase(name, NOW - DAY, NOW + DAY)])


def test_the_earliest_open_phase_is_featured():
    ranking, proposing, over = in_phase(PhaseName.RANK), in_phase(PhaseName.PROPOSE), Process()
    assert featured([over, ranking, proposing], NOW) is proposing
    assert featured([over, ranking], NOW) is ranking


def test_with_none_open_the_next_to_open_is_featured_and_otherwise_the_first_given():
    soon = Process([Phase(PhaseName.RANK, NOW + DAY)])
    later = Process([Phase(PhaseName.PROPOSE, NOW + 2 * DAY)])
    over, older = Process([Phase(PhaseName.PROPOSE, NOW - 2 * DAY, NOW - DAY)]), Process()
    assert featured([over, later, soon], NOW) is soon
    assert featured([over, older], NOW) is over
    assert featured([], NOW) is None


def test_a_course_tells_what_is_open_what_comes_and_in_public_words():
    midnight = datetime(2027, 4, 1, 4, tzinfo=UTC)
    told = course(
        [
            Phase(PhaseName.PROPOSE, NOW - DAY, midnight),
            Phase(PhaseName.CURATE, NOW, None),
            Phase(PhaseName.RANK, NOW + DAY, None),
            Phase(PhaseName.DRAFT),
        ],
        TORONTO,
        NOW,
    )
    assert [stage.standing for stage in told.stages] == [
        Standing.OPEN,
        Standing.OPEN,
        Standing.PLANNED,
        Standing.UNDATED,
    ]
    assert [stage.name for stage in told.current] == [PhaseName.PROPOSE, PhaseName.CURATE]
    assert told.coming.name is PhaseName.RANK
    assert told.steps == {PublicStep.BRING, PublicStep.DISCUSS}
    assert (told.stages[0].opens, told.stages[0].closes) == (date(2027, 2, 28), date(2027, 3, 31))


def test_days_are_counted_in_the_consultations_zone():
    late_evening = datetime(2027, 3, 2, 2, tzinfo=UTC)
    phases = [Phase(PhaseName.PROPOSE, late_evening)]
    assert course(phases, TORONTO, NOW).stages[0].opens == date(2027, 3, 1)
    assert course(phases, ZoneInfo("UTC"), NOW).stages[0].opens == date(2027, 3, 2)

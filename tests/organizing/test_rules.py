"""What comes next."""

from dataclasses import replace

from consultation.organizing.rules import Milestone, Situation, Step, next_steps, road

START = Situation(
    any_phase_open=False,
    waiting=0,
    published=0,
    admissible=0,
    items=0,
    contest=None,
    drafted=False,
    release=None,
    final=False,
)


def test_steps_follow_one_another():
    running = replace(START, any_phase_open=True, published=3, items=3)
    assert next_steps(START) == [Step.DATE_PHASES, Step.GATHER_PROPOSALS]
    assert next_steps(replace(START, any_phase_open=True, waiting=2)) == [Step.REVIEW_QUEUE, Step.GATHER_PROPOSALS]
    assert next_steps(replace(running, items=0, admissible=3)) == [Step.ADMIT]
    found = [
        next_steps(replace(running, contest=state))
        for state in (None, "configured", "open", "closed", "tallied", "published", "void")
    ]
    assert found == [
        [Step.CREATE_CONTEST],
        [Step.OPEN_CONTEST],
        [Step.CLOSE_CONTEST],
        [Step.TALLY],
        [Step.PUBLISH_RESULT],
        [Step.DRAFT],
        [Step.CREATE_CONTEST],
    ]
    drafted = replace(running, contest="published", drafted=True)
    assert next_steps(drafted) == [Step.RELEASE]
    assert next_steps(replace(drafted, release="0.1")) == [Step.FINAL_RELEASE]
    assert next_steps(replace(drafted, release="1.0", final=True)) == []


def test_the_road_tells_what_is_behind_one():
    running = replace(START, any_phase_open=True, published=3, items=3)

    def reached(now):
        return [milestone for milestone, there in road(now) if there]

    assert [milestone for milestone, _there in road(START)] == list(Milestone)
    assert reached(START) == []
    assert reached(replace(running, items=0, admissible=3)) == [Milestone.PROPOSALS]
    assert reached(replace(running, contest="configured")) == [Milestone.PROPOSALS, Milestone.ITEMS]
    assert reached(replace(running, contest="void")) == [Milestone.PROPOSALS, Milestone.ITEMS]
    assert reached(replace(running, contest="open")) == [Milestone.PROPOSALS, Milestone.ITEMS, Milestone.CONTEST]
    final = replace(running, contest="published", drafted=True, release="1.0", final=True)
    assert reached(final) == list(Milestone)
    assert reached(replace(final, admissible=1)) == [one for one in Milestone if one is not Milestone.ITEMS]

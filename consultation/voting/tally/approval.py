"""Approval: the weight of each item's supporters."""

from __future__ import annotations

from .audit.ejr_plus import ejr_plus
from .explain import coverage, tiers_by_score
from .profile import Profile
from .rule import Call, Outcome, Rule


def compute(profile: Profile, call: Call) -> Outcome:
    support = profile.support
    tiers = tiers_by_score(support.tolist(), range(len(profile.items)), call.ties, "support")
    nobody = tiers[-1] if support.min() == 0 else []
    line = [item for tier in tiers for item in tier if support[item]]
    return Outcome(
        order=tiers,
        scores={item: str(int(support[item])) for item in range(len(profile.items))},
        rounds=coverage(profile.supports, profile.weights, tiers, profile.items, lambda item: {}),
        weight=profile.supporting_weight,
        unsupported=nobody,
        audit={"ejr_plus": ejr_plus(profile, line)} if call.audited else {},
    )


RULE = Rule(
    name="approval",
    version="1",
    summary="Most supporters first. It reads what each ballot supports, not the order.",
    scores="the weight of the ballots that support the item",
    compute=compute,
)

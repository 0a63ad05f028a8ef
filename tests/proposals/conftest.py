"""What the tests of proposals share."""

import pytest

from tests.factories import make_proposal
from tests.world import delegate, public, world

__all__ = ["delegate", "public", "published", "world"]


@pytest.fixture
def published(session, world):
    def make(number=1, **more):
        made = [
            make_proposal(
                session, world.consultation, title=f"Proposal {index}", organization_id=world.organization.id,
                theme_id=world.terms.themes[index % 8].id, published=True, **more,
            )
            for index in range(number)
        ]  # fmt: skip
        session.commit()
        return made

    return make

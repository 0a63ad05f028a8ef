"""What the tests of discussions share."""

from tests.world import delegate, public, world

__all__ = ["delegate", "public", "world"]

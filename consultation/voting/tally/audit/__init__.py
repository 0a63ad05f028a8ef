"""Checks of an order at each of its beginnings: who, if anybody, has less than their share."""

from .ejr_plus import ejr_plus
from .solid_coalitions import solid_coalitions

__all__ = ["ejr_plus", "solid_coalitions"]

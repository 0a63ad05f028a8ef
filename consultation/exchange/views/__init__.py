"""Pages on which anybody can check the ballot boxes, and the files that they need."""

from consultation.exchange.views import files, transparency
from consultation.exchange.views.blueprint import bp

__all__ = ["bp", "files", "transparency"]

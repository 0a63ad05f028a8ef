"""The organizers' pages."""

from consultation.organizing.views import agenda, contests, importing, jobs, members, overview, people
from consultation.organizing.views.blueprint import bp

__all__ = ["agenda", "bp", "contests", "importing", "jobs", "members", "overview", "people"]

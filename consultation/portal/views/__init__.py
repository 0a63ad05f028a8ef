"""The portal's blueprints: pages in three languages, and the addresses that machines ask for."""

from consultation.portal.views.pages import bp
from consultation.portal.views.site import site

__all__ = ["bp", "site"]

"""The portal's blueprints: pages in three languages, and the addresses that machines ask for."""

from consultation.portal.views import account, pages
from consultation.portal.views.blueprint import bp
from consultation.portal.views.site import site

__all__ = ["account", "bp", "pages", "site"]

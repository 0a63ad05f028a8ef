"""The blueprint of the portal's pages."""

from consultation.convening.wording import until
from consultation.web.locale import room_blueprint

bp = room_blueprint("portal", __name__)
bp.add_app_template_filter(until, "until")

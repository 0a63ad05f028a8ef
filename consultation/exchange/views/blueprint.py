"""The room's blueprint."""

from consultation.web.locale import room_blueprint

bp = room_blueprint("exchange", __name__)

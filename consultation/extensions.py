"""Extension instances, and nothing else."""

from flask_babel import Babel
from flask_compress import Compress
from flask_htmx import HTMX
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

from consultation.kernel.orm import Base

db = SQLAlchemy(model_class=Base, disable_autonaming=True, session_options={"expire_on_commit": False})
babel = Babel()
compress = Compress()
csrf = CSRFProtect()
htmx = HTMX()
limiter = Limiter(key_func=get_remote_address)
login = LoginManager()

"""The floor: the least that a Flask, SQLAlchemy and Jinja page does to list 20 rows from SQLite.

No session, language, permission, header, compression or navigation; what a page of the site costs beyond this is ours.
Served as ``benchmarks.floor:app`` on the SQLite file that ``BENCH_DATABASE`` names.
"""

import os
from pathlib import Path

from flask import Flask, render_template
from jinja2 import DictLoader
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

ROWS = 20
PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Entries</title></head>
<body>
<h1>Entries</h1>
<ol>
{% for row in rows %}
<li><h2><a href="/entries/{{ row.id }}">{{ row.title }}</a></h2><p>{{ row.text }}</p></li>
{% endfor %}
</ol>
</body>
</html>
"""


class Base(DeclarativeBase):
    pass


class Entry(Base):
    __tablename__ = "entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    text: Mapped[str]


def make(path: Path, entries: int) -> Path:
    """A new SQLite file with some entries of filler."""
    from benchmarks.filler import filler

    engine = create_engine(f"sqlite:///{path}")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        for number in range(1, entries + 1):
            words = filler(number, "en")
            session.add(Entry(title=words.title(number), text=words.text(2, 3)))
        session.commit()
    engine.dispose()
    return path


def create_app(path: str) -> Flask:
    """The floor on a file that ``make`` made."""
    app = Flask(__name__)
    app.jinja_loader = DictLoader({"entries.html": PAGE})  # compiled once, as a file would be
    sessions: sessionmaker[Session] = sessionmaker(create_engine(f"sqlite:///{path}"))

    @app.get("/")
    def entries() -> str:
        with sessions() as session:
            found = session.scalars(select(Entry).order_by(Entry.id.desc()).limit(ROWS)).all()
            return render_template("entries.html", rows=found)

    return app


if "BENCH_DATABASE" in os.environ:
    app = create_app(os.environ["BENCH_DATABASE"])

"""Consultations to import into, and a look at all tables."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

TITLES = ("--title-en", "Sample", "--title-fr", "Exemple", "--title-es", "Ejemplo")


@pytest.fixture
def run(runner: Any) -> Callable[..., Any]:
    """Runs a command and expects an exit status, 0 unless said otherwise."""

    def invoke(*arguments: object, status: int = 0) -> Any:
        result = runner.invoke(args=[str(argument) for argument in arguments])
        assert result.exit_code == status, result.output + result.stderr
        return result

    return invoke


@pytest.fixture
def words(session: Any) -> None:
    """The vocabularies are loaded."""

    session.commit()


@pytest.fixture
def consultation(run: Callable[..., Any], words: None) -> str:
    """The short address of an empty consultation, whose codes begin with TE27."""
    run("consultations", "create", "test-2027", "--prefix", "TE27", *TITLES)
    return "test-2027"


@pytest.fixture
def brought(run: Callable[..., Any]) -> Callable[..., dict[str, Any]]:
    """Runs an import and returns its JSON report."""

    def invoke(*arguments: object) -> dict[str, Any]:
        report: dict[str, Any] = json.loads(run("import", *arguments, "--json").stdout)
        return report

    return invoke


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    """Writes a file and returns where it is."""

    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture
def dump(engine: Any) -> Callable[[], dict[str, list[str]]]:
    """All rows of all tables, as text."""
    from consultation.kernel.orm import Base

    def rows() -> dict[str, list[str]]:
        with engine.connect() as connection:
            return {
                table.name: sorted(map(repr, connection.execute(text(f'SELECT * FROM "{table.name}"'))))
                for table in Base.metadata.sorted_tables
            }

    return rows


def counts(report: dict[str, Any]) -> tuple[int, ...]:
    """Read, imported, unchanged, flagged, rejected."""
    return tuple(report[name] for name in ("read", "imported", "unchanged", "flagged", "rejected"))

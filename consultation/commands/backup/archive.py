"""The archive as a file: written beside its place and put there whole, read only after every digest was checked."""

import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

FORMAT = "consultation-backup/1"
MANIFEST = "manifest.json"
LARGEST_MANIFEST = 32 * 1024 * 1024
_EPOCH = (1980, 1, 1, 0, 0, 0)


class NotABackup(Exception):
    """The file is no backup, is not whole, or is of a version that this one cannot read; says which."""


@dataclass(frozen=True, slots=True)
class TableEntry:
    """A table in the manifest: its columns as pairs of name and kind, the number of rows, the digest of its file."""

    columns: list[tuple[str, str]]
    rows: int
    sha256: str

    @property
    def names(self) -> list[str]:
        return [name for name, _kind in self.columns]

    @property
    def kinds(self) -> list[str]:
        return [kind for _name, kind in self.columns]


class Writer:
    """An archive in the making, at a name beside its own until ``finish``; readable by its owner alone."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
        self._tables: dict[str, TableEntry] = {}

    def __enter__(self) -> Self:
        descriptor = os.open(self._partial, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        self._file = os.fdopen(descriptor, "wb")
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED, compresslevel=6)
        return self

    def __exit__(self, *_error: object) -> None:
        with suppress(OSError, ValueError):
            self._zip.close()
        with suppress(OSError):
            self._file.close()
        self._partial.unlink(missing_ok=True)

    def table(self, name: str, columns: list[tuple[str, str]], rows: Iterable[list[Any]]) -> int:
        """Write a table row by row. Returns how many there were."""
        digest, count = hashlib.sha256(), 0
        with self._zip.open(_info(f"tables/{name}.jsonl"), "w", force_zip64=True) as member:
            for row in rows:
                line = json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
                digest.update(line)
                member.write(line)
                count += 1
        self._tables[name] = TableEntry(columns, count, digest.hexdigest())
        return count

    def finish(self, about: dict[str, Any]) -> None:
        """Write the manifest, sync the file to the disk, and put it in its place."""
        tables = {
            name: {"columns": entry.columns, "rows": entry.rows, "sha256": entry.sha256}
            for name, entry in self._tables.items()
        }
        manifest = {"format": FORMAT, **about, "tables": tables}
        self._zip.writestr(_info(MANIFEST), json.dumps(manifest, ensure_ascii=False, indent=1).encode())
        self._zip.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        os.replace(self._partial, self.path)
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


class Reader:
    """An archive whose every digest was checked."""

    def __init__(self, path: Path) -> None:
        """Open and check it.

        Raises:
            NotABackup: see there.
        """
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError) as error:
            raise NotABackup("It is no backup, or its end is missing.") from error
        self.about = self._manifest()
        self.tables = _entries(self.about)
        for name in self.tables:
            self._check(name)

    def rows(self, name: str) -> Iterator[list[Any]]:
        """The rows of a table, in the archive's order."""
        with self._zip.open(f"tables/{name}.jsonl") as member:
            for line in member:
                yield json.loads(line)

    def _manifest(self) -> dict[str, Any]:
        try:
            if self._zip.getinfo(MANIFEST).file_size > LARGEST_MANIFEST:
                raise NotABackup("Its manifest is larger than any backup's.")
            about = json.loads(self._zip.read(MANIFEST))
        except KeyError:
            raise NotABackup("It is no backup: it has no manifest.") from None
        except (zipfile.BadZipFile, zlib.error, ValueError, EOFError) as error:
            raise NotABackup("Its manifest is damaged.") from error
        if not isinstance(about, dict) or about.get("format") != FORMAT:
            raise NotABackup("It is no backup of this program, or one of a later version.")
        return about

    def _check(self, name: str) -> None:
        digest, count = hashlib.sha256(), 0
        try:
            with self._zip.open(f"tables/{name}.jsonl") as member:
                for line in member:
                    digest.update(line)
                    count += 1
        except KeyError:
            raise NotABackup(f"The table {name} is missing.") from None
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
            raise NotABackup(f"The table {name} is damaged.") from error
        if digest.hexdigest() != self.tables[name].sha256 or count != self.tables[name].rows:
            raise NotABackup(f"The table {name} is not what was backed up.")


def _entries(about: dict[str, Any]) -> dict[str, TableEntry]:
    try:
        return {
            name: TableEntry([(column, kind) for column, kind in entry["columns"]], entry["rows"], entry["sha256"])
            for name, entry in about["tables"].items()
        }
    except (KeyError, TypeError, ValueError, AttributeError):
        raise NotABackup("Its manifest is damaged.") from None


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    return info

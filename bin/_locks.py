"""No lock names a registry, and every package in one is pinned by version and digest.

    python bin/_locks.py [ROOT]

prints each fault and exits 1 when there is one.
"""

import json
import re
import sys
from pathlib import Path

PYTHON_LOCKS = ("requirements.txt", "requirements-dev.txt", "bin/_uv.txt", "bin/_node.txt", "bin/_oracles.txt")
HOST = re.compile(r"https?:|://|--(?:extra-)?index-url|--find-links|--trusted-host")
PINNED = re.compile(r"^[A-Za-z0-9_.\[\],-]+==\S+.*--hash=sha256:[0-9a-f]{64}", re.DOTALL)


def faults(root: Path) -> list[str]:
    """What is wrong with the locks of a checkout, a line each; empty when nothing is."""
    found = []
    for name in PYTHON_LOCKS:
        text = (root / name).read_text("utf-8")
        found += [f"{name}:{n}: names a host" for n, line in enumerate(text.splitlines(), 1) if HOST.search(line)]
        entries = re.split(r"\n(?=[A-Za-z0-9])", re.sub(r"(?m)^\s*#.*\n?", "", text))
        found += [
            f"{name}: not pinned by digest: {entry.splitlines()[0]}"
            for entry in entries
            if entry.strip() and not PINNED.match(entry)
        ]
    text = (root / "package-lock.json").read_text("utf-8")
    if HOST.search(text):
        found.append("package-lock.json: names a host")
    for place, package in json.loads(text)["packages"].items():
        if "resolved" in package:
            found.append(f"package-lock.json: {place} has a `resolved` field")
        if place and "integrity" not in package:
            found.append(f"package-lock.json: {place} has no digest")
    return found


if __name__ == "__main__":
    lines = faults(Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent))
    sys.exit("\n".join(lines) or 0)

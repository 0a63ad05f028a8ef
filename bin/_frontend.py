"""Bring what package.json names from node_modules to static/vendor: files under "vendor", icons under "icons".

The icons become one file of symbols, ``icons.svg``. A manifest.json maps each file to its package, its version and its
SHA-384 as a subresource-integrity value.
"""

import base64
import hashlib
import json
import re
import sys
from pathlib import Path
from typing import Any

SPRITE = "icons.svg"
_SYMBOL = (
    '<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
    'stroke-linecap="round" stroke-linejoin="round">{drawing}</symbol>'
)


def copy_vendor(root: Path) -> dict[str, dict[str, str]]:
    """Copy the files, draw the icons together, and return the manifest.

    Raises:
        FileNotFoundError: when npm has not brought a listed file or icon.
    """
    described: dict[str, Any] = json.loads((root / "package.json").read_text("utf-8"))
    packages, target = root / "node_modules", root / "static" / "vendor"
    target.mkdir(parents=True, exist_ok=True)
    manifest = {}
    for name, source in sorted(described.get("vendor", {}).items()):
        manifest[name] = _written(target / name, (packages / source).read_bytes(), _package_of(packages, source))
    if icons := described.get("icons"):
        package = _package_of(packages, icons["package"])
        sheet = sprite(packages / icons["package"] / "icons", icons["names"])
        origin = f"<!-- {package['name']} {package['version']}, {package['license']} licence -->\n".encode()
        manifest[SPRITE] = _written(target / SPRITE, origin + sheet, package)
    (target / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")
    return manifest


def sprite(folder: Path, names: list[str]) -> bytes:
    """One SVG that holds the named icons as symbols, each under its name; a page shows one by ``<use href="…#name">``.

    Raises:
        FileNotFoundError: when the folder has no icon of that name.
    """
    symbols = [_SYMBOL.format(name=name, drawing=_drawing(folder / f"{name}.svg")) for name in sorted(names)]
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>\n'.encode()


def _drawing(file: Path) -> str:
    """What is inside the icon's ``<svg>``, without the spaces between its shapes."""
    content = re.sub(r"<!--.*?-->", "", file.read_text("utf-8"), flags=re.DOTALL)
    inside = re.sub(r"^.*?<svg[^>]*>|</svg>.*$", "", content, flags=re.DOTALL)
    return re.sub(r"\s*/>", "/>", re.sub(r">\s+<", "><", inside.strip()))


def _written(target: Path, content: bytes, package: dict[str, str]) -> dict[str, str]:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    integrity = "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()
    return {"package": package["name"], "version": package["version"], "integrity": integrity}


def _package_of(node_modules: Path, source: str) -> dict[str, str]:
    """The package.json of the package a file is in; the name of a scoped package has two parts."""
    depth = 2 if source.startswith("@") else 1
    folder = node_modules.joinpath(*source.split("/")[:depth])
    described: dict[str, str] = json.loads((folder / "package.json").read_text("utf-8"))
    return described


if __name__ == "__main__":
    try:
        copy_vendor(Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent))
    except FileNotFoundError as missing:
        sys.exit(f"{missing.filename} is missing: npm did not bring it.")

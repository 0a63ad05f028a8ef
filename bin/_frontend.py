"""Copy what package.json lists under "vendor" from node_modules to static/vendor/, with a manifest.json.

The manifest maps each file to its package, its version and its SHA-384 as a subresource-integrity value.
"""

import base64
import hashlib
import json
import sys
from pathlib import Path


def copy_vendor(root: Path) -> dict[str, dict[str, str]]:
    """Copy, and return the manifest.

    Raises:
        FileNotFoundError: when npm has not brought a listed file.
    """
    packages = json.loads((root / "package.json").read_text("utf-8"))["vendor"]
    target = root / "static" / "vendor"
    target.mkdir(parents=True, exist_ok=True)
    manifest = {}
    for name, source in sorted(packages.items()):
        content = (root / "node_modules" / source).read_bytes()
        package = _package_of(root / "node_modules", source)
        (target / name).write_bytes(content)
        manifest[name] = {
            "package": package["name"],
            "version": package["version"],
            "integrity": "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode(),
        }
    (target / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")
    return manifest


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

"""Ask the advisory service about every locked package. An audit that could not ask, or skipped some, says so.

    python bin/_audit.py LOCK…

Exits 1 when a package has a known vulnerability. Prints "not audited" and why, and exits 0, when the service
cannot be reached in time or when it skipped packages: that the network is absent is no fault of the code.
"""

import json
import subprocess
import sys

SECONDS = 25


def main(locks: list[str]) -> int:
    options = "--disable-pip --require-hashes --progress-spinner off --timeout 5 --format json"
    command = [sys.executable, "-m", "pip_audit", *options.split()]
    for lock in locks:
        command += ["--requirement", lock]
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        print(f"not audited: the advisory service did not answer within {SECONDS} seconds")
        return 0
    try:
        packages = json.loads(run.stdout)["dependencies"]
    except (ValueError, KeyError):
        last = (run.stderr.strip().splitlines() or ["no answer"])[-1]
        print(f"not audited: {last[:300]}")
        return 0
    vulnerable = [package for package in packages if package.get("vulns")]
    for package in vulnerable:
        for advisory in package["vulns"]:
            fixed = ", ".join(advisory["fix_versions"]) or "no release"
            print(f"{package['name']} {package['version']}: {advisory['id']}, fixed in {fixed}")
    skipped = [package for package in packages if "skip_reason" in package]
    if skipped:
        why = skipped[0]["skip_reason"]
        print(f"not audited: {len(skipped)} of {len(packages)} packages were skipped ({why})")
    elif packages and not vulnerable:
        print(f"{len(packages)} packages, no known vulnerability")
    elif not packages:
        print("not audited: no package was looked at")
    return 1 if vulnerable else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

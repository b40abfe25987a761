"""Known vulnerabilities of what is installed: ``python -m tests.advisories``, a part of ``make check``.

Asks the Python Package Index through pip-audit. Fails for a known vulnerability only: where the index cannot be asked,
or does not know a package, that is said and counted, and nothing fails.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

COMMAND = ("-m", "pip_audit", "--local", "--skip-editable", "--progress-spinner", "off", "--timeout", "5")
PATIENCE_SECONDS = 180


def asked() -> Mapping[str, Any] | str:
    """pip-audit's report, or why there is none."""
    try:
        done = subprocess.run(
            [sys.executable, *COMMAND, "--format", "json"], capture_output=True, text=True, timeout=PATIENCE_SECONDS
        )
        report: Mapping[str, Any] = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        return f"no answer within {PATIENCE_SECONDS} s"
    except ValueError:
        return (done.stderr.strip().splitlines() or ["no report"])[-1]
    return report


def verdict(report: Mapping[str, Any] | str) -> tuple[int, list[str]]:
    """Exit status and what to say."""
    if isinstance(report, str):
        return 0, [f"vulnerabilities: NOT CHECKED, the advisories cannot be asked from here ({report})"]
    packages = report["dependencies"]
    known = [package for package in packages if "skip_reason" not in package]
    found = [(package, one) for package in known for one in package["vulns"]]
    lines = [
        f"  {package['name']} {package['version']}: {one['id']}, mended in {', '.join(one['fix_versions']) or 'none'}"
        for package, one in found
    ]
    if not known:
        return 0, [
            f"vulnerabilities: NOT CHECKED, the index here has no advisories for any of {len(packages)} packages"
        ]
    unknown = [package["name"] for package in packages if "skip_reason" in package]
    left = f"; not in the index: {', '.join(unknown)}" if unknown else ""
    return bool(found), [f"vulnerabilities: {len(found)} known in {len(known)} packages{left}", *lines]


def main() -> int:
    status, lines = verdict(asked())
    print("\n".join(lines))
    return status


if __name__ == "__main__":
    sys.exit(main())

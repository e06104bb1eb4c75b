"""What the tests of the Python client share: the package on the path, a fake server, a real one, polling."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import unittest
from pathlib import Path
from typing import Callable

ROOT = Path(__file__).resolve().parents[3]
PACKAGE = ROOT / "clients" / "python"
sys.path.insert(0, str(PACKAGE))

FAKE = [sys.executable, "-B", str(Path(__file__).with_name("fake_server.py"))]
REQUEST = {"model": "kling-v3", "prompt": "A golden cat in the sun", "mode": "std", "duration": 5}

#: For scripts that a test runs as a host process of their own.
HOST_ENVIRONMENT = {**os.environ, "PYTHONPATH": str(PACKAGE), "PYTHONDONTWRITEBYTECODE": "1"}


def until(holds: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Poll `holds` for at most `seconds`; return its last answer."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def is_running(pid: int, *, zombies: bool = False) -> bool:
    """Whether a process runs; with `zombies`, also when it has ended and nobody has reaped it."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    if zombies:
        return True
    stat = Path(f"/proc/{pid}/stat")
    try:
        state = stat.read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        if Path("/proc/self").exists():
            return False
        found = subprocess.run(
            ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
        state = found.stdout.strip() or "Z"
    return not state.startswith("Z")


def real_server() -> str | None:
    """The real binary, if there is one: KLING_SERVER, then a release or debug build of this checkout."""
    given = os.environ.get("KLING_SERVER")
    builds = [ROOT / ".build" / kind / "kling-server" for kind in ("release", "debug")]
    for candidate in [Path(given)] if given else builds:
        if candidate.is_file() and os.access(candidate, os.X_OK):
            return str(candidate)
    return None


needs_server = unittest.skipUnless(
    real_server(), "no kling-server: set KLING_SERVER or build one (.build/release or .build/debug)"
)

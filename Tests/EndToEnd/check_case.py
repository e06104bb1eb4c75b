"""What the tests of `kling-server check` share."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import subprocess
import threading
from pathlib import Path
from typing import Any

from harness import CLIP, Case, binary

GOOD = json.dumps(CLIP)
BAD = '{"model":"kling-v3","prompt":"A cat","duration":"5"}'
MENDED = '{"model":"kling-v3","prompt":"A cat","duration":5}'
WARNED = '{"model":"kling-v3","prompt":"A cat","colour":"red"}'
TEXTS = (
    GOOD,
    BAD,
    WARNED,
    "",
    f"[{GOOD},\n{BAD}]",
    '{"model":"kling-v3",\r\n"prompt":"猫 😀 @dog","duration":"5"}',
    '{"model":"kling-v3","prompt":"a" "mode":\'std\',}',
    '{"model":"kling-video-o1","prompt":"<<<image_3>>> 猫","image_urls":["https://a.com/1.jpg"]}',
    '{"model":"kling-v3","prompt":"a","prompt":"b","sound":true,"size":"1:1","duration":3.5}',
)

LEVELS = {"error": "error", "warning": "warning", "information": "note", "hint": "note"}
IS_ROOT = os.geteuid() == 0


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


class CheckCase(Case):
    # Another copy of the binary, for a user who may not reach the first.
    program: str | Path | None = None

    def path(self, name: str, content: str | bytes = GOOD) -> Path:
        """A file in this test's place."""
        path = self.place.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def run_check(
        self, *arguments: str, input: str | bytes = b"", timeout: float = 60, **more: Any
    ) -> subprocess.CompletedProcess[bytes]:
        environment = more.pop("env", {"FORCE_COLOR": None, "NO_COLOR": None})
        return subprocess.run(
            [self.program or binary(), "check", *arguments],
            input=input.encode() if isinstance(input, str) else input,
            capture_output=True,
            timeout=timeout,
            env=self.place.environment(**environment),
            cwd=more.pop("cwd", self.place.path),
            check=False,
            **more,
        )

    def report(self, *arguments: str, **more: Any) -> list[dict[str, Any]]:
        """What the JSON report says of each file."""
        run = self.run_check(*arguments, "--format", "json", **more)
        self.assertEqual(run.stderr, b"")
        return json.loads(run.stdout)["files"]

    def names(self, *arguments: str, **more: Any) -> list[str]:
        return [one["path"] for one in self.report(*arguments, **more)]

    def on_terminal(self, *arguments: str, pipe: bool = False, **env: str | None) -> tuple[bytes, bytes]:
        """What a terminal shows; with ``pipe`` only standard error is one, and the output comes apart."""
        ours, theirs = pty.openpty()
        environment = {"FORCE_COLOR": None, "NO_COLOR": None, "TERM": "xterm", **env}
        process = subprocess.Popen(
            [binary(), "check", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if pipe else theirs,
            stderr=theirs,
            env=self.place.environment(**environment),
            cwd=self.place.path,
        )
        os.close(theirs)
        shown = bytearray()

        def read() -> None:
            with contextlib.suppress(OSError):
                while piece := os.read(ours, 1 << 16):
                    shown.extend(piece)

        reader = threading.Thread(target=read)
        reader.start()
        output = process.stdout.read() if process.stdout else b""
        process.wait(30)
        reader.join(10)
        os.close(ours)
        if process.stdout:
            process.stdout.close()
        return bytes(shown), output

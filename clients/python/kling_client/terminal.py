"""A progress display for `on_progress`: one live line on a terminal, plain lines anywhere else."""

from __future__ import annotations

import shutil
import sys
from typing import TextIO

from .model import Task

_BAR_CELLS = 24


class ProgressBar:
    """Shows state, percent and seconds left of the task it is called with. Writes to stderr by default."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._is_live = self._stream.isatty()
        self._last: str | None = None

    def __call__(self, task: Task) -> None:
        """Show `task`."""
        if self._is_live:
            width = shutil.get_terminal_size().columns - 1
            line = f"{_bar(task.progress if task.state != 'completed' else 100)} {_words(task)}"[:width]
            self._stream.write(f"\r\x1b[K{line}" + ("\n" if task.is_settled else ""))
            self._stream.flush()
            return
        key = f"{task.state} {task.progress}"
        if key != self._last:
            self._last = key
            self._stream.write(_words(task) + "\n")
            self._stream.flush()


def _bar(progress: float | None) -> str:
    filled = round(_BAR_CELLS * min(max(progress or 0, 0), 100) / 100)
    return "[" + "#" * filled + "-" * (_BAR_CELLS - filled) + "]"


def _words(task: Task) -> str:
    # Percent and seconds are the server's word or absent; nothing is made up here.
    parts = [f"{task.state:<10}"]
    if task.progress is not None:
        parts.append(f"{task.progress:3.0f}%")
    if task.seconds_left is not None and not task.is_settled:
        parts.append(f"about {task.seconds_left:.0f} s left")
    if task.state == "queued" and task.queue and task.queue.get("ahead"):
        parts.append(f"{task.queue['ahead']} ahead")
    if task.degraded:
        parts.append("(gateway not reachable, still trying)")
    return " ".join(parts).rstrip()

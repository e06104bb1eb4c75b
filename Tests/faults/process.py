"""A kling-server that may be killed at any moment, and calls that survive it."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
for folder in ("EndToEnd", "gateway"):
    sys.path.insert(0, str(ROOT / "Tests" / folder))

from harness import Place, binary  # noqa: E402

Params = dict[str, Any]


class Died(Exception):
    """The process ended before it answered: whether the call did anything is not known."""


class Refused(Exception):
    """An error reply."""

    def __init__(self, error: Params) -> None:
        super().__init__(error["message"])
        self.code: int = error["code"]
        self.data: Params = error.get("data") or {}


class Process:
    """One process and its client, over lines. Any number of threads may call at once."""

    def __init__(self, place: Place, *arguments: str, **environment: str | None) -> None:
        self._log = (place.path / f"log-{time.monotonic_ns()}").open("wb")
        self._child = subprocess.Popen(
            [binary(), *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log,
            env=place.environment(**environment), cwd=place.path,
        )  # fmt: skip
        self.pid = self._child.pid
        self.on_notification: Callable[[str, Params], None] = lambda method, params: None
        self._ids = itertools.count(1)
        self._writing = threading.Lock()
        self._waking = threading.Lock()
        self._waiting: dict[int, tuple[threading.Event, list[Params]]] = {}
        self._ended = False
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def is_running(self) -> bool:
        return not self._ended and self._child.poll() is None

    def _read(self) -> None:
        assert self._child.stdout is not None
        for line in self._child.stdout:
            if not line.endswith(b"\n"):
                break  # cut by the end of the process
            message = json.loads(line)
            if "method" in message:
                self.on_notification(message["method"], message["params"])
                continue
            with self._waking:
                event, box = self._waiting.pop(message["id"])
            box.append(message)
            event.set()
        self._child.stdout.close()
        with self._waking:
            self._ended = True
            left = list(self._waiting.values())
        for event, _ in left:
            event.set()

    def start(self, method: str, **params: Any) -> Callable[[float], Any]:
        """Sends a call; the function returned waits for its result."""
        number = next(self._ids)
        waiting: tuple[threading.Event, list[Params]] = (threading.Event(), [])
        with self._waking:
            if self._ended:
                raise Died(method)
            self._waiting[number] = waiting
        message = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
        data = json.dumps(message).encode() + b"\n"
        try:
            with self._writing:
                assert self._child.stdin is not None
                self._child.stdin.write(data)
                self._child.stdin.flush()
        except (OSError, ValueError) as why:
            raise Died(method) from why

        def result(seconds: float = 100) -> Any:
            event, box = waiting
            if not event.wait(seconds):
                raise AssertionError(f"no answer to {method} {params} in {seconds} s; log: {self.log()}")
            if not box:
                raise Died(method)
            if "error" in box[0]:
                # Told to end, it does nothing more: as good as gone.
                if "shutting down" in box[0]["error"]["message"]:
                    time.sleep(0.02)
                    raise Died(method)
                raise Refused(box[0]["error"])
            return box[0]["result"]

        return result

    def call(self, method: str, **params: Any) -> Any:
        return self.start(method, **params)()

    def signal(self, number: int = signal.SIGKILL) -> None:
        """Returns when the process is gone."""
        with contextlib.suppress(OSError):
            self._child.send_signal(number)
        self.wait()

    def wait(self, seconds: float = 20) -> int:
        status = self._child.wait(seconds)
        self._reader.join(seconds)
        return status

    def close_input(self) -> None:
        with contextlib.suppress(OSError):
            if self._child.stdin:
                self._child.stdin.close()

    def finish(self) -> int:
        """Ends the input, as a client that has no more to ask; the status the process ends with."""
        self.close_input()
        try:
            return self.wait()
        finally:
            self._log.close()

    def log(self) -> str:
        return Path(self._log.name).read_text(errors="replace")[-2000:]

    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def owns_port(pid: int, port: int) -> bool:
    """Whether one of the process's sockets is this local TCP port of 127.0.0.1."""
    wanted = set()
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if int(fields[1].rpartition(":")[2], 16) == port:
            wanted.add(f"socket:[{fields[9]}]")
    found = False
    with contextlib.suppress(OSError):
        for link in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                found = found or str(link.readlink()) in wanted
    return found


class Host:
    """Keeps one kling-server running: when it is killed, the next is started with the same journal."""

    def __init__(self, place: Place, *arguments: str, **environment: str | None) -> None:
        self._place, self._arguments, self._environment = place, arguments, environment
        self._lock = threading.Condition()
        self._current: Process | None = None
        self._is_closed = False
        self.kills = 0
        self.on_start: Callable[[Process], None] = lambda process: None

    def process(self) -> Process:
        """A process that runs, as far as is known."""
        with self._lock:
            if self._is_closed:
                raise AssertionError("closed")
            if self._current is None or not self._current.is_running:
                self._current = Process(self._place, *self._arguments, **self._environment)
                self.on_start(self._current)
            return self._current

    @property
    def pid(self) -> int | None:
        current = self._current
        return current.pid if current and current.is_running else None

    def kill(self, number: int = signal.SIGKILL) -> bool:
        """Ends the process that runs now; whether there was one."""
        with self._lock:
            if self._current is None or not self._current.is_running:
                return False
            self._current.signal(number)
            self.kills += 1
            return True

    def call(self, method: str, **params: Any) -> Any:
        """Repeats a call that changes nothing until a process has answered it."""
        while True:
            try:
                return self.process().call(method, **params)
            except Died:
                time.sleep(0.01)

    def close(self) -> int:
        with self._lock:
            self._is_closed = True
            if self._current is None or not self._current.is_running:
                return 0
            return self._current.finish()

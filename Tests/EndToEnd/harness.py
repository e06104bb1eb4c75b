"""What the black-box tests share: a process, frames in both framings, waiting with a deadline, /proc."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import termios
import threading
import time
import unittest
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Callable

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests" / "gateway"))

LINUX = sys.platform == "linux"
CLIP = {"model": "kling-v3", "prompt": "A golden cat in the sun", "mode": "std", "duration": 5}
FINAL = {"completed", "failed", "cancelled", "unconfirmed", "abandoned"}


def binary() -> str:
    """KLING_SERVER, or the newest build of this checkout."""
    given = os.environ.get("KLING_SERVER")
    candidates = (
        [Path(given)] if given else [ROOT / ".build" / kind / "kling-server" for kind in ("release", "debug")]
    )
    for candidate in candidates:
        if candidate.is_file():
            return str(candidate.resolve())
    raise SystemExit("no kling-server: build it, or set KLING_SERVER")


def wait_for(what: Callable[[], Any], seconds: float = 10, why: str = "it") -> Any:
    """Polls until ``what`` answers with something true, and returns that."""
    deadline = time.monotonic() + seconds
    while True:
        found = what()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s for {why}")
        time.sleep(0.005)


def heed_signals() -> None:
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def drained(descriptor: int) -> bool:
    """Whether everything written to a pipe has been read."""
    return fcntl.ioctl(descriptor, termios.FIONREAD, bytes(4)) == bytes(4)


# Frames


def encode(message: bytes, framing: str) -> bytes:
    return (
        message + b"\n" if framing == "lines" else b"Content-Length: %d\r\n\r\n%s" % (len(message), message)
    )


class Frames:
    """Cuts what the server writes; whatever is no frame is kept as ``stray``."""

    def __init__(self, framing: str) -> None:
        self.framing, self.buffer, self.stray = framing, bytearray(), b""
        self._searched = 0

    def feed(self, piece: bytes) -> Iterator[bytes]:
        self.buffer += piece
        while not self.stray:
            if self.framing == "lines":
                end = self.buffer.find(b"\n", self._searched)
                self._searched = len(self.buffer) if end < 0 else 0
                if end < 0:
                    return
                message, taken = bytes(self.buffer[:end]), end + 1
            else:
                end = self.buffer.find(b"\r\n\r\n")
                head = bytes(self.buffer[: end if end >= 0 else 16])
                if not (head.startswith(b"Content-Length: ") or b"Content-Length: ".startswith(head)):
                    self.stray = bytes(self.buffer[:200])
                    return
                if end < 0 or len(self.buffer) < end + 4 + int(head[16:]):
                    return
                taken = end + 4 + int(head[16:])
                message = bytes(self.buffer[end + 4 : taken])
            del self.buffer[:taken]
            if not message.startswith((b'{"jsonrpc":"2.0"', b'[{"jsonrpc":"2.0"')):
                self.stray = message[:200]
                return
            yield message


# Processes


class Place:
    """A home of its own: journal, downloads, HOME; removed at the end."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="kling-e2e-"))
        self.journal = self.path / "journal.db"
        self.videos = self.path / "videos"
        self.videos.mkdir()

    def remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)

    def environment(self, **more: str | None) -> dict[str, str]:
        """The environment without anything that would reach the server from outside."""
        clean = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("KLING_", "XDG_")) and not name.lower().endswith("_proxy")
        }
        clean.update(HOME=str(self.path), KLING_JOURNAL=str(self.journal))
        clean.update({name: value for name, value in more.items() if value is not None})
        return {name: value for name, value in clean.items() if more.get(name, "") is not None}


class RPCFailure(Exception):
    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error)
        self.code, self.message, self.data = error["code"], error["message"], error.get("data", {})


class Server:
    """One kling-server and a client on its pipes. Each reply is kept by the id, notifications in order."""

    def __init__(
        self,
        *arguments: str,
        framing: str = "lines",
        place: Place | None = None,
        env: dict[str, str | None] | None = None,
        read: bool = True,
        **popen: Any,
    ) -> None:
        self.place, self.framing = place or Place(), framing
        self._owns_place = place is None
        self.messages: list[bytes] = []
        self.changed = threading.Condition()
        self.frames = Frames(framing)
        self.ended = False
        # Set: what the server says stays in the pipe.
        self.pause_reading = threading.Event()
        self._next = 0
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the server)
        popen.setdefault("stdin", subprocess.PIPE)
        popen.setdefault("stdout", subprocess.PIPE)
        # As from a terminal, also when the tests run behind `nohup` or in the background of a shell.
        popen.setdefault("preexec_fn", heed_signals)
        self.process = subprocess.Popen(
            [binary(), *arguments],
            stderr=popen.pop("stderr", self._log),
            env=self.place.environment(**(env or {})),
            cwd=popen.pop("cwd", self.place.path),
            **popen,
        )
        self.pid = self.process.pid
        self.output = self.process.stdout.fileno() if self.process.stdout else -1
        self.input = self.process.stdin.fileno() if self.process.stdin else -1
        if read and self.output >= 0:
            self.start_reading()

    # Reading

    def start_reading(self, descriptor: int | None = None) -> None:
        if descriptor is not None:
            self.output = descriptor
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        while True:
            while self.pause_reading.is_set():
                time.sleep(0.01)
            try:
                piece = os.read(self.output, 1 << 20)
            except OSError:
                piece = b""
            with self.changed:
                self.messages.extend(self.frames.feed(piece))
                self.ended = not piece
                self.changed.notify_all()
            if not piece:
                return

    def until(self, find: Callable[[], Any], seconds: float = 10, why: str = "an answer") -> Any:
        deadline = time.monotonic() + seconds
        with self.changed:
            while True:
                if self.frames.stray:
                    raise AssertionError(f"not a frame: {self.frames.stray!r}")
                found = find()
                if found:
                    return found
                left = deadline - time.monotonic()
                if self.ended or left <= 0:
                    state = "the output ended" if self.ended else f"{seconds} s are over"
                    raise AssertionError(f"no {why}: {state}; log: {self.log()[-2000:]}")
                self.changed.wait(left)

    def answers(self) -> list[Any]:
        """Everything but notifications, in order."""
        with self.changed:
            return [message for message in map(json.loads, self.messages) if "method" not in message]

    def notifications(self, method: str | None = None) -> list[dict[str, Any]]:
        with self.changed:
            parsed = [json.loads(message) for message in self.messages if b'"method":' in message[:40]]
        return [one["params"] for one in parsed if method is None or one["method"] == method]

    def reply(self, id: Any, seconds: float = 10) -> dict[str, Any]:
        head = b'{"jsonrpc":"2.0","id":%s,' % json.dumps(id).encode()
        seen = 0

        def find() -> dict[str, Any] | None:
            nonlocal seen
            while seen < len(self.messages):
                message = self.messages[seen]
                seen += 1
                if message.startswith(head):
                    return json.loads(message)
            return None

        return self.until(find, seconds, f"reply to {id!r}")

    def update(self, task: str, *states: str, seconds: float = 30) -> dict[str, Any]:
        """The first ``task/update`` that shows the task in one of the states."""
        wanted, seen = set(states) or FINAL, 0

        def find() -> dict[str, Any] | None:
            nonlocal seen
            while seen < len(self.messages):
                message = self.messages[seen]
                seen += 1
                if message.startswith(b'{"jsonrpc":"2.0","method":"task/update"'):
                    found = json.loads(message)["params"]["task"]
                    if found["id"] == task and found["state"] in wanted:
                        return found
            return None

        return self.until(find, seconds, f"update of {task} to {sorted(wanted)}")

    # Writing

    def write(self, data: bytes) -> None:
        """Bytes as they are."""
        view = memoryview(data)
        while view:
            view = view[os.write(self.input, view) :]

    def write_beside(self, data: bytes) -> None:
        """The same on a thread of its own: for more than pipes hold."""

        def write() -> None:
            with contextlib.suppress(OSError):
                self.write(data)

        threading.Thread(target=write, daemon=True).start()

    def widen(self) -> None:
        """Gives the pipes room for large messages, where the system lets one."""
        for end in (self.input, self.output):
            with contextlib.suppress(OSError, AttributeError):
                fcntl.fcntl(end, getattr(fcntl, "F_SETPIPE_SZ", 1031), 1 << 20)

    def send_raw(self, message: bytes | str) -> None:
        self.write(encode(message.encode() if isinstance(message, str) else message, self.framing))

    def send(self, method: str, params: Any = None, id: Any = None) -> None:
        message: dict[str, Any] = {"jsonrpc": "2.0"}
        if id is not None:
            message["id"] = id
        message["method"] = method
        if params is not None:
            message["params"] = params
        self.send_raw(json.dumps(message))

    def ask(self, method: str, params: Any = None) -> int:
        """Sends a request, without waiting; returns its id."""
        self._next += 1
        self.send(method, params, self._next)
        return self._next

    def take(self, id: Any, seconds: float = 10) -> Any:
        """The result of a request that was asked."""
        reply = self.reply(id, seconds)
        if "error" in reply:
            raise RPCFailure(reply["error"])
        return reply["result"]

    def call(self, method: str, seconds: float = 10, **params: Any) -> Any:
        return self.take(self.ask(method, params), seconds)

    def fails(self, method: str, seconds: float = 10, **params: Any) -> RPCFailure:
        """The error that the call gets."""
        try:
            result = self.call(method, seconds, **params)
        except RPCFailure as failure:
            return failure
        raise AssertionError(f"{method} worked: {json.dumps(result)[:500]}")

    def submit(self, seconds: float = 15, **params: Any) -> dict[str, Any]:
        params.setdefault("request", CLIP)
        return self.call("submit", seconds, **params)

    # Life

    def log(self) -> str:
        """What it has written to standard error so far."""
        return os.pread(self._log.fileno(), 1 << 20, 0).decode(errors="replace")

    def close_input(self) -> None:
        if self.process.stdin:
            with contextlib.suppress(OSError):
                self.process.stdin.close()

    def exit(self, seconds: float = 10) -> int:
        """The status the process ends with."""
        try:
            status = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still running after {seconds} s; log: {self.log()[-2000:]}") from None
        return status

    def finish(self, seconds: float = 10) -> int:
        """Ends the input; the status the process ends with, when all it wrote has been read."""
        self.close_input()
        status = self.exit(seconds)
        wait_for(lambda: self.ended, 5, "the end of the output")
        if self.frames.stray or self.frames.buffer:
            raise AssertionError(f"not a frame: {bytes(self.frames.stray or self.frames.buffer[:200])!r}")
        return status

    def kill(self, number: int = signal.SIGKILL) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(number)

    def close(self) -> None:
        self.close_input()
        if self.process.poll() is None:
            try:
                self.process.wait(0.5)
            except subprocess.TimeoutExpired:
                self.kill()
                self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()
        self._log.close()
        if self._owns_place:
            self.place.remove()

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # /proc

    def peak_memory(self) -> int:
        """Bytes of resident memory at most so far."""
        return peak_memory(self.pid)

    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_memory(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("no VmHWM")


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return True


needs_proc = unittest.skipUnless(LINUX, "reads /proc, which only Linux has")


class Case(unittest.TestCase):
    """A test with servers that end with it."""

    maxDiff = 4000

    def setUp(self) -> None:
        self.place = Place()
        self.addCleanup(self.place.remove)

    def server(self, *arguments: str, **options: Any) -> Server:
        """A server in this test's place. Several of them share its journal."""
        options.setdefault("place", self.place)
        server = Server(*arguments, **options)
        self.addCleanup(server.close)
        return server

    def simulated(self, *arguments: str, speed: int = 200, **options: Any) -> Server:
        return self.server("--simulate", f"speed={speed}", *arguments, **options)

    def assert_explains(self, failure: RPCFailure, code: int, type: str | None = None, *words: str) -> None:
        """The error has the code and type, a sentence, and says what it cost and what may be repeated."""
        self.assertEqual(failure.code, code, failure)
        if type is not None:
            self.assertEqual(failure.data.get("type"), type, failure)
            self.assertIn(failure.data.get("billed"), ("no", "yes", "unknown"), failure)
            self.assertRegex(str(failure.data.get("retry")), r"^(never|now|sameKey|after:\d+)$")
        self.assertGreater(len(failure.message), 10)
        for word in words:
            self.assertRegex(failure.message, word)

"""The child process: started once, drained, ended and always reaped."""

from __future__ import annotations

import collections
import contextlib
import logging
import os
import queue
import signal
import subprocess
import threading
import weakref
from typing import Any, cast

from ._options import Launch
from .errors import ServerNotFound

_log = logging.getLogger("kling_client.server")

#: Seconds a server may take to leave after its stdin closed, and after SIGTERM. The contract allows it 5 s
#: after SIGTERM, to finish a create it is in the middle of: killing it earlier could leave one unconfirmed.
_LEAVE_SECONDS = 2.0
_TERMINATE_SECONDS = 6.0
_TAIL_LINES = 40
_CHUNK_BYTES = 256 * 1024


class ServerProcess:
    """One kling-server and its three pipes.

    Only the writer thread touches stdin, so an exception in a caller, such as KeyboardInterrupt, never leaves
    half a message on the pipe, and a server that does not read never blocks a caller or an event loop.
    """

    def __init__(self, launch: Launch, cwd: str | None) -> None:
        try:
            self._child = subprocess.Popen(
                launch.command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                close_fds=True,
                cwd=cwd,
                env=launch.environment,
                # A Ctrl-C at the terminal is meant for the host; the server follows the host's end by EOF.
                start_new_session=True,
            )
        except OSError as error:
            raise ServerNotFound(f"{launch.command[0]} could not be started: {error}.") from error
        self.pid = self._child.pid
        self._owner = os.getpid()
        self._secrets = launch.secrets
        self._tail: collections.deque[str] = collections.deque(maxlen=_TAIL_LINES)
        self._outbox: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._end_lock = threading.RLock()
        self._writer = threading.Thread(target=self._write_all, name="kling-writer", daemon=True)
        self._drain = threading.Thread(target=self._drain_stderr, name="kling-stderr", daemon=True)
        self._writer.start()
        self._drain.start()
        _started.add(self)

    @property
    def is_ours(self) -> bool:
        """False in a process forked from the one that started the server."""
        return os.getpid() == self._owner

    def write(self, line: bytes) -> None:
        """Queue one whole line. Never blocks; reentrant, so a finalizer may call it."""
        self._outbox.put(line)

    def read(self) -> bytes:
        """Return what the server wrote next, or nothing at its end."""
        try:
            return self._pipe("stdout").read(_CHUNK_BYTES) or b""
        except (OSError, ValueError):
            return b""

    def stderr_tail(self) -> str:
        """The last lines of the server's log."""
        return "\n".join(self._tail)

    def wait(self, seconds: float) -> int | None:
        """Reap the server if it leaves within `seconds` and return its status."""
        try:
            status = self._child.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        # Its last words may still be in the pipe. A grandchild could hold the pipe, hence the limit.
        if threading.current_thread() is not self._drain:
            self._drain.join(1.0)
        return status

    def close_input(self) -> None:
        """Let the writer close stdin once everything queued is written."""
        self._outbox.put(None)

    def end(self, leave: float = _LEAVE_SECONDS, terminate: float = _TERMINATE_SECONDS) -> int | None:
        """Close stdin, then terminate, then kill, each only if the step before did not do; then reap."""
        if not self.is_ours:
            return None
        with self._end_lock:
            self.close_input()
            status = self.wait(leave)
            if status is None:
                self._child.terminate()
                status = self.wait(terminate)
            if status is None:
                self._child.kill()
                self._child.wait()
            # The reader closes nothing: it may be inside read(2) on this very descriptor until EOF arrives.
            return self._child.returncode

    def release(self) -> None:
        """Close the reading ends. For the reader thread, when it will read no more."""
        self._pipe("stdout").close()

    def abandon_in_fork(self) -> None:
        """Drop the pipes a fork inherited: held open, they would hide the host's end from the server."""
        for name in ("stdin", "stdout", "stderr"):
            with contextlib.suppress(OSError):
                self._pipe(name).close()

    def _write_all(self) -> None:
        # A host may have restored SIGPIPE's deadly default; for this thread's writes it is an error value.
        if hasattr(signal, "pthread_sigmask"):
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGPIPE})
        stdin = self._pipe("stdin")
        with contextlib.suppress(OSError, ValueError):
            while (line := self._outbox.get()) is not None:
                rest = memoryview(line)
                while rest:
                    rest = rest[stdin.write(rest) :]
        # A dead server is noticed by the reader; here only the descriptor remains to be closed.
        with contextlib.suppress(OSError):
            stdin.close()

    def _drain_stderr(self) -> None:
        stderr = self._pipe("stderr")
        buffered = open(stderr.fileno(), "rb", closefd=False)  # noqa: SIM115
        with contextlib.suppress(OSError, ValueError):
            while line := buffered.readline(_CHUNK_BYTES):
                text = self.redacted(line.decode("utf-8", "replace").rstrip("\r\n"))
                self._tail.append(text[:2000])
                _log.info("%s", text)
        with contextlib.suppress(OSError):
            stderr.close()

    def redacted(self, text: str) -> str:
        """Return `text` without the key, should it ever appear in it."""
        for secret in self._secrets:
            text = text.replace(secret, "‹redacted›")
        return text

    def _pipe(self, name: str) -> Any:
        return cast(Any, getattr(self._child, name))


_started: weakref.WeakSet[ServerProcess] = weakref.WeakSet()


def _after_fork_in_child() -> None:
    for process in list(_started):
        process.abandon_in_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)

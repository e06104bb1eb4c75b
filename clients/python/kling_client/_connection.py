"""Pending calls and subscriptions over one server process. Shared by both faces; knows no event loop."""

from __future__ import annotations

import itertools
import logging
import threading
from concurrent.futures import Future
from functools import partial
from typing import Any, Callable, TypeVar

from . import _wire
from ._actions import Call
from ._feed import Feed
from ._process import ServerProcess
from .errors import KlingError, ServerGone, error_from_wire

T = TypeVar("T")
Listener = Callable[[str, dict[str, Any]], None]
_Pending = tuple[Call[Any], "Future[Any]"]

_log = logging.getLogger("kling_client")
_server_log = logging.getLogger("kling_client.server")
_LEVELS = {"error": logging.ERROR, "warning": logging.WARNING, "info": logging.INFO}


class Connection:
    """Ids, replies and notifications.

    One thread reads. A call is registered before it is written and is taken out by its reply alone, or by the
    end of the server; both happen under `_lock`, so no call is ever left without an outcome. The lock is
    reentrant because a finalizer may close the connection from inside any allocation.
    """

    def __init__(self, process: ServerProcess, listener: Listener | None) -> None:
        self.process = process
        self._listener = listener
        self._lock = threading.RLock()
        self._ids = itertools.count(1)
        self._pending: dict[int, _Pending] = {}
        self._feeds: dict[str, Feed] = {}
        self._gone: Callable[[Call[Any] | None, bool], ServerGone] | None = None
        self._reader = threading.Thread(target=self._read_all, name="kling-reader", daemon=True)
        self._reader.start()

    @property
    def is_open(self) -> bool:
        """Whether calls can still be made."""
        return self._gone is None and self.process.is_ours

    def send(self, call: Call[T]) -> Future[T]:
        """Send a request and return its future. Cancelling that sends `$/cancelRequest`."""
        if not self.process.is_ours:
            reason = "it belongs to the process this one was forked from; make a client of your own"
            raise ServerGone(reason, exit_status=None, stderr_tail="", data=call.consequences(sent=False))
        if threading.current_thread() is self._reader:
            raise RuntimeError("on_notification runs on the reading thread and must not make calls.")
        id = next(self._ids)
        line = _wire.encode(call.method, call.params, id)
        future: Future[T] = Future()
        with self._lock:
            if self._gone is not None:
                raise self._gone(call, False)
            self._pending[id] = (call, future)
        future.add_done_callback(partial(self._cancel_if_cancelled, id))
        self.process.write(line)
        return future

    def open_feed(self, result: Any, *, since: int | None, state_first: bool) -> Feed:
        """Begin to collect a subscription's updates. For `Call.decode`, on the reader thread."""
        feed = Feed(self, expect_object(result), since=since, state_first=state_first)
        self._feeds[feed.subscription] = feed
        return feed

    def forget(self, subscription: str, *, tell: bool) -> None:
        """Drop a subscription; with `tell`, at the server too, without waiting for it. Takes no lock."""
        feed = self._feeds.pop(subscription, None)
        if tell and feed is not None and self.is_open:
            self.process.write(_wire.encode("unsubscribe", {"subscription": subscription}, next(self._ids)))

    def end_feed(self, subscription: str) -> None:
        """Let an iteration over a subscription come to its end."""
        feed = self._feeds.pop(subscription, None)
        if feed is not None:
            feed.finish()

    def close(self) -> None:
        """End the server and reap it. Pending calls and iterations get `ServerGone`. Idempotent."""
        if not self.process.is_ours:
            return
        with self._lock:
            pending = list(self._pending)
        for id in pending:
            # At EOF the server would still answer what it has read, a `wait` up to its own limit.
            self.process.write(_wire.encode("$/cancelRequest", {"id": id}))
        self._fail_all("this client was closed", None)
        self.process.end()
        if threading.current_thread() is not self._reader:
            self._reader.join(1.0)

    # The reader thread

    def _read_all(self) -> None:
        lines, reason, patience = _wire.LineBuffer(), "it closed its output", 2.0
        try:
            while chunk := self.process.read():
                for line in lines.feed(chunk):
                    for message in _wire.decode(line):
                        self._receive(message)
            if lines.rest:
                reason = "it closed its output in the middle of a message"
        except _wire.Garbage as garbage:
            # A reply may be lost with it, and its call would wait for ever: the whole stream is given up.
            reason, patience = self.process.redacted(str(garbage)), 0.5
        except Exception as error:
            _log.exception("the reading thread failed")
            reason = f"the reading thread failed: {error!r}"
        if not self.process.is_ours:
            return
        self.process.close_input()
        self._fail_all(reason, self.process.wait(patience))
        self.process.end()
        self.process.release()

    def _receive(self, message: dict[str, Any]) -> None:
        if "method" in message:
            if "id" not in message:
                params = message.get("params")
                self._notified(str(message["method"]), params if isinstance(params, dict) else {})
            return
        if message["id"] is None:
            self._unattributed(message.get("error"))
            return
        id = message["id"]
        with self._lock:
            call, future = self._pending.pop(id, (None, None)) if isinstance(id, int) else (None, None)
        if call is None or future is None:
            return
        if not future.set_running_or_notify_cancel():
            result = message.get("result")
            if call.method == "subscribe" and isinstance(result, dict):
                self._feeds.pop(str(result.get("subscription")), None)
                params = {"subscription": result.get("subscription")}
                self.process.write(_wire.encode("unsubscribe", params, next(self._ids)))
            return
        try:
            if "error" in message:
                raise error_from_wire(message["error"])
            result = call.decode(message.get("result"), self)
        except Exception as error:
            future.set_exception(error)
        else:
            future.set_result(result)

    def _notified(self, method: str, params: dict[str, Any]) -> None:
        feed = self._feeds.get(str(params.get("subscription")))
        if method == "task/update" and feed is not None:
            feed.offer(params)
        elif method == "subscription/end" and feed is not None:
            self.end_feed(feed.subscription)
        elif method == "log":
            level = _LEVELS.get(str(params.get("level")), logging.DEBUG)
            _server_log.log(level, "%s", self.process.redacted(str(params.get("message"))))
        if self._listener is not None:
            try:
                self._listener(method, params)
            except Exception:
                _log.exception("on_notification failed")

    def _unattributed(self, error: Any) -> None:
        # The server could not tell whose message it refused. With one call waiting there is no doubt; with
        # more, guessing would fail an innocent one. `_wire.encode` refuses first what is known to end here.
        with self._lock:
            waiting = [id for id, (_, future) in self._pending.items() if not future.done()]
            entry = self._pending.pop(waiting[0]) if len(waiting) == 1 else None
        refusal = error_from_wire(error)
        if entry is None:
            _log.error("the server refused a message without saying which: %s", refusal)
        elif entry[1].set_running_or_notify_cancel():
            entry[1].set_exception(refusal)

    def _cancel_if_cancelled(self, id: int, future: Future[Any]) -> None:
        # The entry stays until its one reply arrives, which is then nobody's.
        if future.cancelled() and self._gone is None:
            self.process.write(_wire.encode("$/cancelRequest", {"id": id}))

    def _fail_all(self, reason: str, status: int | None) -> None:
        tail = self.process.stderr_tail()

        def gone(call: Call[Any] | None, sent: bool) -> ServerGone:
            data = call.consequences(sent=sent) if call is not None else {"billed": "no", "retry": "now"}
            return ServerGone(reason, exit_status=status, stderr_tail=tail, data=data)

        with self._lock:
            if self._gone is not None:
                return
            self._gone = gone
            pending, self._pending = list(self._pending.values()), {}
        for call, future in pending:
            if future.set_running_or_notify_cancel():
                future.set_exception(gone(call, True))
        for feed in list(self._feeds.values()):
            feed.fail(partial(gone, None, True))
        self._feeds.clear()


def expect_object(result: Any) -> dict[str, Any]:
    """Return `result` if it is an object, else raise: the server did not keep the contract."""
    if not isinstance(result, dict):
        raise KlingError(f"The server's answer was not understood: {str(result)[:160]!r}", code=-32603)
    return result

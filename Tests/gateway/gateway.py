"""A counting, fault-injecting stand-in for the remote gateway, on 127.0.0.1. Standard library only.

    python3 Tests/gateway/gateway.py --port 0 --seed 1 --fault reset-after-accept:0.1 --fault 429:x2

prints ``{"url": ..., "port": ...}`` when it listens. In a test::

    with Gateway(seed=1, speed=100, faults=["504:0.1:accept"]) as gateway:
        ...
        assert gateway.creates == 1

Other processes read ``GET /control/counts`` (``/control/tasks``, ``/control/requests``) and set
``POST /control/faults {"faults": [...], "speed": 50, "shape": "flat", "advance": 3600}``.
README.md beside this file lists the faults.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import select
import socket
import ssl
import sys
import threading
import time
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

from api import API, CREATE_PATH, FILE_PATH, TASK_PATH, error, link_of
from clip import clip
from exchange import Dropped, Exchange
from fault_plan import CREATE, FILE, READ, FaultPlan
from files import Files
from task_book import Clock, TaskBook
from wire import Connection, Malformed, Reply, Request

if TYPE_CHECKING:
    from fault_plan import FaultSpecs


@final
class Gateway:
    """One gateway: its tasks outlive ``stop``, so stopping and starting it on its port is an outage."""

    def __init__(
        self,
        *,
        port: int = 0,
        seed: int = 1,
        faults: FaultSpecs = None,
        speed: float = 20.0,
        shape: str = "wrapped",
        key: str | None = None,
        idempotent: bool = False,
        parallel: int | None = None,
        unknown_task: int = 404,
        link_seconds: int = 86400,
        video: bytes | None = None,
        tls: tuple[str, str] | None = None,
        clock_offset: float | None = None,
    ) -> None:
        self.port = port
        self.plan = FaultPlan(seed, faults)
        self.clock = Clock(speed)
        self.book = TaskBook(
            seed, self.clock, lambda task: link_of(self.url, task, link_seconds), link_seconds
        )
        self.api = API(self.book, self.plan, key, idempotent, parallel)
        self.api.shape, self.api.unknown_task = shape, unknown_task
        self.files = Files(self.book, video or clip(seed=seed))
        # Seconds that the `Date` of every answer is ahead of the world's; without it there is no `Date`.
        self.clock_offset = clock_offset
        self.requests: deque[Request] = deque(maxlen=200_000)
        self.create_requests = self.reads = self.downloads = self.connections = self.redirects_followed = 0
        self._tls: ssl.SSLContext | None = None
        if tls:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(*tls)
        self._lock = threading.Lock()
        self._live: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listener: socket.socket | None = None
        self._waker: socket.socket | None = None

    # Life

    def start(self) -> Gateway:
        """Listens; the port, if it was 0, is known afterwards."""
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind(("127.0.0.1", self.port))
        self._listener.listen(512)
        self.port = self._listener.getsockname()[1]
        self._waker, woken = socket.socketpair()
        self._threads = [threading.Thread(target=self._accept, args=(self._listener, woken), daemon=True)]
        self._threads[0].start()
        return self

    def stop(self) -> None:
        """Refuses new connections and closes the open ones; tasks and counts stay."""
        if self._listener is None or self._waker is None:
            return
        self._waker.close()
        self._threads[0].join()
        self._listener.close()
        self._listener = None
        with self._lock:
            for live in self._live:
                with contextlib.suppress(OSError):
                    live.shutdown(socket.SHUT_RDWR)
        for thread in self._threads[1:]:
            thread.join(timeout=5)

    def __enter__(self) -> Gateway:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    # What tests look at

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    @property
    def creates(self) -> int:
        """How many tasks were taken, and so would be billed."""
        return self.api.creates

    @property
    def faults(self) -> list[str]:
        return [fault.name for fault in self.plan.in_force]

    @faults.setter
    def faults(self, specs: FaultSpecs) -> None:
        self.plan.replace(specs)

    @property
    def counts(self) -> dict[str, Any]:
        return {
            "creates": self.creates,
            "createRequests": self.create_requests,
            "replays": self.api.replays,
            "reads": self.reads,
            "downloads": self.downloads,
            "connections": self.connections,
            "redirectsFollowed": self.redirects_followed,
            "unfinished": self.book.unfinished,
            "mostAtOnce": self.book.most_at_once,
            "faults": dict(self.plan.fired),
        }

    # Serving

    def _accept(self, listener: socket.socket, woken: socket.socket) -> None:
        while True:
            ready, _, _ = select.select([listener, woken], [], [])
            if woken in ready:
                woken.close()
                return
            accepted, _ = listener.accept()
            accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(accepted,), daemon=True)
            self._threads = [
                self._threads[0],
                *(other for other in self._threads[1:] if other.is_alive()),
                thread,
            ]
            thread.start()

    def _serve(self, accepted: socket.socket) -> None:
        connection = Connection(accepted)
        with self._lock:
            self._live.add(accepted)
        try:
            # Looked at, not read: whoever would lift the fault must still come through.
            head = accepted.recv(64, socket.MSG_PEEK)
            if b" /control/" not in head and self.plan.for_connection(_place(head)):
                connection.reset()
                return
            if self._tls:
                connection.socket = self._tls.wrap_socket(
                    accepted, server_side=True, do_handshake_on_connect=False
                )
                with self._lock:
                    self._live.add(connection.socket)
                connection.socket.do_handshake()
            while (request := connection.read_request()) is not None:
                self._answer(connection, request)
                if request.headers.get("connection", "").lower() == "close":
                    break
        except (Dropped, Malformed, OSError):
            pass
        finally:
            with self._lock:
                self._live -= {accepted, connection.socket}
            connection.socket.close()

    def _answer(self, connection: Connection, request: Request) -> None:
        path = request.path
        if path.startswith("/control/"):
            Exchange(connection, request, [], self).deliver(self._control(request, path[len("/control/") :]))
            return
        self.requests.append(request)
        if path.startswith("/redirected/"):
            self.redirects_followed += 1
            request.target = path = path[len("/redirected") :]
        method = "GET" if request.method == "HEAD" else request.method
        if path == CREATE_PATH and method == "POST":
            self.create_requests += 1
            self._exchange(connection, request, CREATE, hashlib.sha256(request.body).hexdigest())
        elif path.startswith(TASK_PATH) and method == "GET":
            self.reads += 1
            self._exchange(connection, request, READ, path)
        elif path.startswith(FILE_PATH) and method == "GET":
            self.downloads += 1
            self._exchange(connection, request, FILE, path)
        else:
            known = path == CREATE_PATH or path.startswith((TASK_PATH, FILE_PATH))
            Exchange(connection, request, [], self).deliver(
                error(405) if known else error(404, "no such page")
            )

    def _exchange(self, connection: Connection, request: Request, place: str, subject: str) -> None:
        Exchange(connection, request, self.plan.for_exchange(place, subject), self).run(place, subject)

    def _control(self, request: Request, what: str) -> Reply:
        if request.method == "POST" and what == "faults":
            try:
                settings = request.json()
                if "faults" in settings:
                    self.faults = settings["faults"]
                self.clock.speed = settings.get("speed", self.clock.speed)
                self.clock.advance(settings.get("advance", 0))
                self.api.shape = settings.get("shape", self.api.shape)
            except (ValueError, TypeError, AttributeError) as why:
                return error(400, str(why))
            return Reply.of({"faults": self.faults, "speed": self.clock.speed, "shape": self.api.shape})
        if what == "tasks":
            return Reply.of(self.api.tasks())
        if what == "requests":
            return Reply.of(
                [
                    {"method": seen.method, "target": seen.target, "at": seen.at, "headers": seen.headers,
                     "body": seen.body.decode("utf-8", "replace")}
                    for seen in list(self.requests)
                ]
            )  # fmt: skip
        return Reply.of(self.counts) if what == "counts" else error(404, "no such control")


def _place(head: bytes) -> str | None:
    """What the beginning of a request is about; None where it cannot be seen, as under TLS."""
    target = head.decode("latin-1").partition(" ")[2].partition(" ")[0]
    for prefix, place in ((CREATE_PATH, CREATE), (TASK_PATH, READ), (FILE_PATH, FILE)):
        if target.startswith(prefix):
            return place
    return None


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fault", action="append", default=[], metavar="NAME[:AMOUNT][:KEY=VALUE]")
    parser.add_argument("--speed", type=float, default=20.0, help="virtual seconds per second")
    parser.add_argument("--shape", choices=("wrapped", "flat"), default="wrapped")
    parser.add_argument("--key", help="the only API key accepted; default: any")
    parser.add_argument("--idempotent", action="store_true", help="honour Idempotency-Key")
    parser.add_argument(
        "--parallel", type=int, help="refuse a create (429, 1303) beyond this many unfinished tasks"
    )
    parser.add_argument("--unknown-task", type=int, choices=(400, 404), default=404)
    parser.add_argument("--link-seconds", type=int, default=86400)
    parser.add_argument("--video", type=Path, help="the file to deliver; default: a made-up 64 KiB MP4")
    parser.add_argument("--clock-offset", type=float, help="send `Date`, so many seconds ahead")
    parser.add_argument("--tls", nargs=2, metavar=("CERT", "KEY"))
    given = vars(parser.parse_args())
    given["faults"] = given.pop("fault")
    given["video"] = given["video"].read_bytes() if given["video"] else None
    given["tls"] = tuple(given["tls"]) if given["tls"] else None
    with Gateway(**given) as gateway:
        print(json.dumps({"url": gateway.url, "port": gateway.port}), flush=True)
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            sys.exit(0)


if __name__ == "__main__":
    main()

"""One exchange under its faults: where a documented answer turns into a lost, late, cut or foreign one."""

from __future__ import annotations

import json
import time
from email.utils import formatdate
from typing import TYPE_CHECKING

from api import error_body
from fault_plan import CREATE, MODIFIERS, READ, Fault
from wire import Connection, Reply, Request

if TYPE_CHECKING:
    from gateway import Gateway

HTML = "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>"


class Dropped(Exception):
    """The connection was ended on purpose."""


class Exchange:
    """Answers one request on one connection."""

    def __init__(
        self, connection: Connection, request: Request, faults: list[Fault], gateway: Gateway
    ) -> None:
        self._connection, self._request, self._gateway = connection, request, gateway
        self._faults = {fault.name: fault for fault in faults}

    def run(self, place: str, subject: str) -> None:
        """Applies the faults drawn for this exchange; without any, the documented answer."""
        delay = self._faults.get("delay")
        if delay and "accept" not in delay.options:
            time.sleep(float(delay.options.get("seconds", 1)))
        main = next((fault for fault in self._faults.values() if fault.name not in MODIFIERS), None)
        if main is None or main.name == "not-a-video":
            reply = self._documented(place, subject)
        else:
            reply = self._faulty(main, place, subject)
        if delay and "accept" in delay.options:
            time.sleep(float(delay.options.get("seconds", 1)))
        self._gateway.watch("ready", place, self._connection.port)
        self.deliver(reply, place)

    def _documented(self, place: str, subject: str) -> Reply:
        if place == READ:
            return self._gateway.api.read(self._request, self._faults)
        if place != CREATE:
            return self._gateway.files.get(self._request, self._faults)
        reply = self._gateway.api.create(self._request, subject)
        if reply.status == 200 and "accepted-202" in self._faults:
            reply = Reply(202, reply.body, reply.headers)
        if reply.status == 200 and "object-data" in self._faults:
            envelope = json.loads(reply.body)
            reply = Reply.of({**envelope, "data": envelope["data"][0]}, 200)
        return reply

    def _faulty(self, fault: Fault, place: str, subject: str) -> Reply:
        if fault.name in ("reset", "reset-before-accept"):
            self._reset()
        if fault.name in ("timeout", "timeout-before-accept") and "accept" not in fault.options:
            self._never()
        refused = self._refusal(fault)
        if refused is not None:
            if "accept" in fault.options:
                self._documented(place, subject)
            return refused
        reply = self._documented(place, subject)
        if fault.name == "reset-after-accept":
            self._reset()
        if fault.name.startswith("timeout"):
            self._never()
        if fault.name == "garbage-200":
            return Reply(200, b'{"code":200,"da\x00\xff<<<', {"content-type": "application/json"})
        assert fault.name == "truncated-body", fault
        share = float(fault.options.get("share", 0.5))
        cut = min(len(reply.body) - 1, max(0, int(len(reply.body) * share)))
        self._connection.send(reply.head(len(reply.body)) + reply.body[:cut])
        raise Dropped

    def _refusal(self, fault: Fault) -> Reply | None:
        """The refusal this fault stands for; None if it is none."""
        if fault.name == "html-error":
            status = int(fault.options.get("status", 502))
            return Reply(status, HTML.encode(), {"content-type": "text/html"})
        if fault.name == "redirect":
            place = fault.options.get("to", f"{self._gateway.url}/redirected{self._request.target}")
            headers = {} if "nowhere" in fault.options else {"location": place}
            return Reply(int(fault.options.get("status", 307)), b"", headers)
        if fault.name == "error-in-200":
            status = int(fault.options.get("status", 500))
            body = error_body(status)
            if "flag" in fault.options:
                body = {"success": False, "message": body["error"]["message"]}
            elif "code" in fault.options:
                body = {
                    "code": int(fault.options["code"] or status),
                    "message": body["error"]["message"],
                    "data": None,
                }
            return Reply.of(body)
        if not fault.name[:3].isdigit():
            return None
        status = int(fault.name[:3])
        message = fault.options.get("message")
        if fault.name == "429-1303":
            message = message or "parallel task over resource pack limit (code: 1303)"
        if fault.name == "500-build_request_failed":
            message = "build_request_failed: unsupported aspect_ratio"
        body = error_body(status, message)
        if "body" in fault.options:
            body["error"]["retry_after"] = body["retry_after"] = float(fault.options["body"] or 1)
        reply = Reply.of(body, status)
        after = fault.options.get("retry-after", "1" if fault.name == "503-retry-after" else None)
        if after is not None:
            date = after.partition("date")[2].lstrip("+") or "2"
            reply.headers["retry-after"] = (
                formatdate(time.time() + float(date), usegmt=True) if "date" in after else after
            )
        return reply

    def deliver(self, reply: Reply, place: str = "") -> None:
        """Sends the reply, slowly or without length if so drawn."""
        if self._gateway.clock_offset is not None:
            reply.headers["date"] = formatdate(time.time() + self._gateway.clock_offset, usegmt=True)
        body = b"" if self._request.method == "HEAD" else reply.body
        if "no-length" in self._faults:
            self._connection.send(reply.head(None, close=True) + body)
            raise Dropped
        if "slow-body" not in self._faults:
            answer = reply.head(len(reply.body)) + body
            middle = len(answer) // 2
            self._connection.send(answer[:middle])
            self._gateway.watch("half", place, self._connection.port)
            self._connection.send(answer[middle:])
            return
        seconds = float(self._faults["slow-body"].options.get("seconds", 2))
        pieces = int(self._faults["slow-body"].options.get("pieces", 10))
        step = max(1, -(-len(body) // pieces))
        self._connection.send(reply.head(len(reply.body)))
        for start in range(0, len(body), step):
            time.sleep(seconds / pieces)
            self._connection.send(body[start : start + step])

    def _reset(self) -> None:
        self._connection.reset()
        raise Dropped

    def _never(self) -> None:
        self._connection.wait_for_close()
        raise Dropped

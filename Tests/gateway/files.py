"""Delivery of results: ranges and validators as RFC 9110 §13–14 has them, and links that die."""

from __future__ import annotations

import hashlib
import re
import time

from api import FILE_PATH, error
from fault_plan import Fault
from task_book import TaskBook
from wire import Reply, Request

VALIDATORS = ("etag", "last-modified")
LAST_MODIFIED = "Fri, 20 Nov 2026 21:00:00 GMT"


class Files:
    """``/files/NAME.mp4`` for every task of the book (and ``sample.mp4`` without one)."""

    def __init__(self, book: TaskBook, video: bytes) -> None:
        self._book = book
        self.video = video
        self.versions = 0

    def get(self, request: Request, faults: dict[str, Fault]) -> Reply:
        name = request.path[len(FILE_PATH) :]
        if name != "sample.mp4" and (refused := self._dead_link(request, name)) is not None:
            return refused
        if "not-a-video" in faults:
            return Reply(200, b"<!doctype html><title>Sign in</title>", {"content-type": "text/html"})
        if "changed-file" in faults:
            self.versions += 1
        etag = f'"{hashlib.sha256(self.video).hexdigest()[:16]}-{self.versions}"'
        headers = {"content-type": "video/mp4", "etag": etag, "last-modified": LAST_MODIFIED}
        bare = faults.get("bare-part")
        if bare and "dated" in bare.options:
            del headers["etag"]
        if "no-range" in faults:
            return Reply(200, self.video, headers)
        headers["accept-ranges"] = "bytes"
        if request.headers.get("if-range", etag) not in (etag, LAST_MODIFIED):
            return Reply(200, self.video, headers)
        reply = self._part(request.headers.get("range", ""), headers)
        wrong = faults.get("wrong-range")
        if wrong and (reply.status == 206 or "always" in wrong.options):
            said = wrong.options.get("range", f"bytes 1-{len(reply.body)}/{len(reply.body) + 1}")
            reply = Reply(206, reply.body, {**headers, **({"content-range": said} if said else {})})
        if bare and reply.status == 206:
            kept = {name: value for name, value in reply.headers.items() if name not in VALIDATORS}
            reply = Reply(206, reply.body if "dated" in bare.options else reply.body[::-1], kept)
        return reply

    def _dead_link(self, request: Request, name: str) -> Reply | None:
        task = self._book.tasks.get(name[: -len(".mp4")]) if name.endswith(".mp4") else None
        if task is None:
            return error(404, "no such file")
        dead = task.fates.get("expired-link")
        expires = request.query.get("expires", "0")
        link = request.query.get("link", "")
        if dead and (link == "0" or "forever" in dead.options):
            task.link = max(task.link, 1)
            return error(int(dead.options.get("code", 403)), "link expired", "link_expired")
        if not expires.isdigit() or time.time() > int(expires):
            return error(403, "link expired", "link_expired")
        return None

    def _part(self, wanted: str, headers: dict[str, str]) -> Reply:
        match = re.fullmatch(r"bytes=(\d*)-(\d*)", wanted)
        if not match or match.group(1) == match.group(2) == "":
            return Reply(200, self.video, headers)
        size = len(self.video)
        first, last = match.groups()
        start = int(first) if first else max(0, size - int(last))
        end = min(size, int(last) + 1) if first and last else size
        if start >= size or start >= end:
            return Reply(416, b"", {**headers, "content-range": f"bytes */{size}"})
        return Reply(
            206, self.video[start:end], {**headers, "content-range": f"bytes {start}-{end - 1}/{size}"}
        )

"""Other vendors' clients on the same fault gateway, which speaks their wire: creates, losses, reads, delay.

    python3 Tests/faults/peers.py            makes a venv below .build, installs the four clients, runs in it

The clients are the real ones, with their defaults, in the way their documentation shows. Only the clock is
not: `time.sleep` of the caller's thread moves the gateway's clock instead, so that ten minutes take none. A
request takes no time on that clock.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import re
import statistics
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable
from typing import Any

from process import ROOT, Params, Place, Process

from api import API
from exchange import Exchange
from fault_plan import CREATE, READ
from gateway import Gateway
from task_book import Task
from wire import Connection, Reply, Request

VENV = ROOT / ".build" / "peers"
CLIENTS = ("fal-client", "replicate", "runwayml", "openai")

CREATES = {
    "fal": re.compile(r"/fal-ai/kling-video/text-to-video$"),
    "replicate": re.compile(r"/v1/(?:models/[^/]+/[^/]+/)?predictions$"),
    "runway": re.compile(r"/v1/text_to_video$"),
    "openai": re.compile(r"/openai/videos$"),
}
READS = {
    "fal": re.compile(r"/fal-ai/kling-video/requests/([^/]+)/status$"),
    "replicate": re.compile(r"/v1/predictions/([^/]+)$"),
    "runway": re.compile(r"/v1/tasks/([^/]+)$"),
    "openai": re.compile(r"/openai/videos/([^/]+)$"),
}
WORDS = {
    "fal": ("IN_QUEUE", "IN_PROGRESS", "COMPLETED"),
    "replicate": ("starting", "processing", "succeeded"),
    "runway": ("PENDING", "RUNNING", "SUCCEEDED"),
    "openai": ("queued", "in_progress", "completed"),
}
WHEN = "2026-11-20T21:00:00.000Z"


class PeerAPI(API):
    """The same tasks, as each vendor's page shows them."""

    def __init__(self, gateway: PeerGateway) -> None:
        super().__init__(gateway.book, gateway.plan, None, False, None)
        self._gateway = gateway

    def create(self, request: Request, subject: str) -> Reply:
        task = self._book.accept({"mode": "std", "duration": 5}, {}, None)
        self.creates += 1
        return Reply.of(self._form(subject, task), 201 if subject == "replicate" else 200)

    def read(self, request: Request, faults: Any) -> Reply:
        for vendor, pattern in READS.items():
            found = pattern.search(request.path)
            if found:
                task = self._book.tasks[found.group(1)]
                task.reads += 1
                return Reply.of(self._form(vendor, task))
        raise AssertionError(request.path)

    def _form(self, vendor: str, task: Task) -> Params:
        state = ("submitted", "processing", "completed").index(task.state(self._book.clock.now()))
        word = WORDS[vendor][state]
        link = f"{self._gateway.url}/files/{task.id}.mp4"
        if vendor == "fal":
            base = f"{self._gateway.url}/fal-ai/kling-video/requests/{task.id}"
            return {
                "request_id": task.id, "status": word, "queue_position": 0, "logs": [], "metrics": {},
                "response_url": base, "status_url": f"{base}/status", "cancel_url": f"{base}/cancel",
            }  # fmt: skip
        if vendor == "replicate":
            return {
                "id": task.id, "status": word, "input": {}, "logs": "",
                "output": link if state == 2 else None,
                "error": None, "model": "kwaivgi/kling-v2.1", "version": "1", "created_at": WHEN,
                "urls": {"get": f"{self._gateway.url}/v1/predictions/{task.id}"},
            }  # fmt: skip
        if vendor == "runway":
            return {"id": task.id, "status": word, "createdAt": WHEN, "output": [link], "progress": 0.5}
        return {
            "id": task.id, "object": "video", "status": word, "progress": 50 * state, "model": "sora-2",
            "created_at": 1, "seconds": "4", "size": "1280x720",
        }  # fmt: skip


class PeerGateway(Gateway):  # type: ignore[misc]
    """The fault gateway with the vendors' paths instead of its own."""

    def __init__(self, seconds: Callable[[], float], **options: Any) -> None:
        super().__init__(speed=0, **options)
        accept = self.book.accept

        def accepted(*arguments: Any) -> Task:
            task = accept(*arguments)
            task.takes = seconds()
            return task

        self.book.accept = accepted  # type: ignore[method-assign]
        self.api = PeerAPI(self)

    def _answer(self, connection: Connection, request: Request) -> None:
        for place, patterns in ((CREATE, CREATES), (READ, READS)):
            for vendor, pattern in patterns.items():
                if pattern.search(request.path) and request.method == ("POST" if place == CREATE else "GET"):
                    self._count(place)
                    faults = self.plan.for_exchange(place, vendor)
                    Exchange(connection, request, faults, self).run(place, vendor)
                    return
        result = {"video": {"url": f"{self.url}/files/sample.mp4"}}
        Exchange(connection, request, [], self).deliver(Reply.of(result))

    def _count(self, place: str) -> None:
        if place == CREATE:
            self.create_requests += 1
        else:
            self.reads += 1


# One user's call with each client, from its documentation. Imported in the venv only.


def call_fal(gateway: Gateway) -> str:
    import fal_client.client as fal  # noqa: PLC0415

    fal.QUEUE_URL_FORMAT = gateway.url + "/"
    said: list[str] = []
    client = fal.SyncClient(key="k")
    client.subscribe("fal-ai/kling-video/text-to-video", {"prompt": "A cat"}, on_enqueue=said.append)
    return said[0]


def call_replicate(gateway: Gateway) -> str:
    import replicate  # noqa: PLC0415

    client = replicate.Client(api_token="k", base_url=gateway.url)
    prediction = client.models.predictions.create("kwaivgi/kling-v2.1", input={"prompt": "A cat"})
    prediction.wait()
    return prediction.id


def call_runway(gateway: Gateway) -> str:
    import runwayml  # noqa: PLC0415

    client = runwayml.RunwayML(api_key="k", base_url=gateway.url)
    made = client.text_to_video.create(model="veo3", prompt_text="A cat", ratio="1280:720", duration=8)
    return made.wait_for_task_output().id


def call_openai(gateway: Gateway) -> str:
    import openai  # noqa: PLC0415

    client = openai.OpenAI(api_key="k", base_url=gateway.url + "/openai")
    return client.videos.create_and_poll(model="sora-2", prompt="A cat", seconds="4").id


CALLS: dict[str, Callable[[Gateway], str]] = {
    "fal-client": call_fal, "replicate": call_replicate, "runwayml": call_runway, "openai": call_openai,
}  # fmt: skip


@contextlib.contextmanager
def virtual_time(gateway: Gateway) -> Any:
    """Pauses of this thread move the gateway's clock."""
    really, me = time.sleep, threading.current_thread()

    def sleep(seconds: float) -> None:
        if threading.current_thread() is me:
            gateway.clock.advance(seconds)
        else:
            really(seconds)

    time.sleep = sleep
    try:
        yield
    finally:
        time.sleep = really


def faulty(name: str, faults: list[str]) -> Params:
    """One user's call under faults of the create."""
    with PeerGateway(lambda: 120, faults=faults) as gateway, virtual_time(gateway):
        try:
            known = {CALLS[name](gateway)}
            said = "a video"
        except Exception as why:
            known, said = set(), type(why).__name__
        lost = [task for task in gateway.book.tasks if task not in known]
        return {"creates": gateway.creates, "lost": len(lost), "user": said}


def followed(name: str, seconds: float, count: int = 20) -> Params:
    """Status requests and lateness, over tasks of about this length."""
    chance = random.Random(f"peers {seconds}")
    reads, delays = [], []
    for _ in range(count):
        length = seconds * chance.uniform(0.9, 1.1)
        with PeerGateway(lambda length=length: length) as gateway, virtual_time(gateway):
            task = gateway.book.tasks[CALLS[name](gateway)]
            reads.append(task.reads)
            delays.append(gateway.clock.now() - task.accepted - task.takes)
    return {
        "readsMean": round(statistics.mean(reads), 1), "readsMost": max(reads),
        "delayMedian": round(statistics.median(delays), 2), "delayMost": round(max(delays), 2),
    }  # fmt: skip


def ours(faults: list[str]) -> Params:
    """The same call to kling-server over real HTTP; what is in doubt is looked up and adopted."""
    place = Place()
    with Gateway(speed=1000, faults=faults) as gateway:
        process = Process(place, "--gateway", gateway.url, KLING_API_KEY="k")
        task = process.call(
            "submit",
            request={"model": "kling-v3", "prompt": "A cat"},
            idempotencyKey="a",
            waitFor="submitted",
        )
        said = task["state"]
        if said == "unconfirmed":
            gateway.faults = []
            (name,) = gateway.book.tasks
            task = process.call("adopt", taskId=name, task=task["id"])
            time.sleep(1)
            task = process.call("status", task=task["id"], refresh=True)
            said = f"unconfirmed, adopted, {task['state']}"
        known = {one["taskId"] for one in process.call("list")["tasks"]}
        process.finish()
        lost = [name for name in gateway.book.tasks if name not in known]
        place.remove()
        return {"creates": gateway.creates, "lost": len(lost), "user": said}


def measure() -> Params:
    warnings.simplefilter("ignore")
    results: Params = {}
    kinds = {
        "no fault": [],
        "one answer lost": ["reset-after-accept:x1"],
        "every answer lost": ["reset-after-accept"],
        "one 500, though taken": ["500:x1:accept:on=create"],
    }
    for kind, faults in kinds.items():
        results[kind] = {name: faulty(name, faults) for name in CALLS}
        results[kind]["kling-server"] = ours(faults)
    for seconds in (120, 600):
        results[f"{seconds} s"] = {name: followed(name, seconds) for name in CALLS}
    return results


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inside", action="store_true", help="the clients are installed here")
    if parser.parse_args().inside:
        print(json.dumps(measure(), indent=1))
        return
    python = VENV / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
    pip = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    subprocess.run([*pip, *CLIENTS], check=True)
    os.execv(str(python), [str(python), __file__, "--inside"])


if __name__ == "__main__":
    main()

"""The stand-in gateway itself: documented shapes, every fault, exact counts."""

from __future__ import annotations

import http.client
import json
import shutil
import ssl
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from certificate import certificate
from clip import clip
from fault_plan import EXCHANGE_FAULTS, TASK_FATES, Fault, FaultError, FaultPlan
from gateway import Gateway

CREATE = "/v1/videos/generations"
BODY = {"model": "kling-v3", "prompt": "a cat", "mode": "std", "duration": 5, "size": "16:9"}
LOST = (OSError, http.client.HTTPException, ssl.SSLError)


class Answer:
    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status, self.headers, self.body = response.status, response.headers, response.read()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def ask(
    gateway: Gateway,
    method: str,
    target: str,
    body: Any = None,
    *,
    key: str | None = "k",
    timeout: float = 5,
    **more: str,
) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=timeout)
    headers = {name.replace("_", "-"): value for name, value in more.items()}
    if key is not None:
        headers["authorization"] = f"Bearer {key}"
    try:
        connection.request(
            method, target, body if isinstance(body, (bytes, type(None))) else json.dumps(body), headers
        )
        return Answer(connection.getresponse())
    finally:
        connection.close()


def create(gateway: Gateway, body: Any = None, **more: Any) -> Answer:
    return ask(gateway, "POST", CREATE, BODY if body is None else body, **more)


def task_id(answer: Answer) -> str:
    return answer.json["data"][0]["task_id"]


def read(gateway: Gateway, task: str, **more: Any) -> Answer:
    return ask(gateway, "GET", f"/v1/tasks/{task}?language=en", **more)


def finished(gateway: Gateway, **body: Any) -> dict[str, Any]:
    """The status object of a fresh task after its end."""
    task = task_id(create(gateway, {**BODY, **body}))
    gateway.clock.advance(10_000)
    return read(gateway, task).json["data"]


class DocumentedAnswers(unittest.TestCase):
    def test_a_task_goes_from_submitted_through_rising_progress_to_a_video(self) -> None:
        with Gateway(speed=0) as gateway:
            accepted = create(gateway)
            self.assertEqual(
                accepted.json, {"code": 200, "data": [{"status": "submitted", "task_id": task_id(accepted)}]}
            )
            seen = []
            for _ in range(12):
                seen.append(read(gateway, task_id(accepted)).json["data"])
                gateway.clock.advance(9)
            self.assertEqual(
                [*dict.fromkeys(each["status"] for each in seen)], ["submitted", "processing", "completed"]
            )
            self.assertEqual(sorted(each["progress"] for each in seen), [each["progress"] for each in seen])
            video = seen[-1]["result"]["videos"][0]
            self.assertGreater(video["expires_at"], time.time())
            file = ask(gateway, "GET", video["url"][0], key=None)
            self.assertEqual(
                (file.status, file.body[4:8], file.headers["content-type"]), (200, b"ftyp", "video/mp4")
            )
            self.assertEqual((gateway.creates, gateway.reads, gateway.downloads), (1, 12, 1))
            self.assertEqual(json.loads(gateway.requests[0].body), BODY)

    def test_the_flat_shape_has_no_envelope(self) -> None:
        with Gateway(shape="flat", speed=0) as gateway:
            task = task_id(create(gateway))
            self.assertEqual(read(gateway, task).json["id"], task)

    def test_a_key_that_is_missing_or_wrong_is_401_in_the_vendors_shape(self) -> None:
        with Gateway(key="right") as gateway:
            for key in (None, "wrong"):
                answer = create(gateway, key=key)
                self.assertEqual((answer.status, answer.json["error"]["type"]), (401, "authentication_error"))
            self.assertEqual((create(gateway, key="right").status, gateway.creates), (200, 1))

    def test_a_bad_body_is_400_and_costs_nothing(self) -> None:
        bad = [b"{", [], {}, {**BODY, "model": "sora"}, {**BODY, "duration": "5"}, {**BODY, "duration": 16}]
        bad += [
            {**BODY, "prompt": ""},
            {**BODY, "model": "kling-video-o1", "duration": 7},
            {**BODY, "mode": "8k"},
        ]
        with Gateway() as gateway:
            for body in bad:
                answer = create(gateway, body)
                self.assertEqual(
                    (answer.status, answer.json["error"]["type"]), (400, "invalid_request_error"), body
                )
            self.assertEqual((gateway.creates, gateway.create_requests), (0, len(bad)))

    def test_an_unknown_task_is_404_or_400_and_other_paths_are_errors(self) -> None:
        for status in (404, 400):
            with Gateway(unknown_task=status) as gateway:
                self.assertEqual(read(gateway, "task_none").status, status)
                self.assertEqual(ask(gateway, "GET", CREATE).status, 405)
                self.assertEqual(ask(gateway, "GET", "/").status, 404)

    def test_one_connection_carries_many_requests_and_chunked_bodies(self) -> None:
        with Gateway() as gateway:
            connection = http.client.HTTPConnection("127.0.0.1", gateway.port)
            for _ in range(3):
                pieces = iter([b'{"model":"kling-v3",', b'"prompt":"a cat"}'])
                connection.request("POST", CREATE, pieces, {"authorization": "Bearer k"}, encode_chunked=True)
                self.assertEqual(Answer(connection.getresponse()).status, 200)
            connection.close()
            self.assertEqual((gateway.creates, gateway.connections), (3, 1))

    def test_parallel_tasks_beyond_the_limit_are_1303(self) -> None:
        with Gateway(parallel=2, speed=0) as gateway:
            self.assertEqual([create(gateway).status for _ in range(3)], [200, 200, 429])
            gateway.clock.advance(1000)
            self.assertEqual((create(gateway).status, gateway.book.most_at_once), (200, 2))

    def test_an_outage_forgets_nothing(self) -> None:
        gateway = Gateway().start()
        task = task_id(create(gateway))
        gateway.stop()
        with self.assertRaises(ConnectionError):
            read(gateway, task)
        with gateway:
            self.assertEqual(read(gateway, task).status, 200)


class Idempotency(unittest.TestCase):
    def test_off_by_default(self) -> None:
        with Gateway() as gateway:
            ids = {task_id(create(gateway, Idempotency_Key="a")) for _ in range(2)}
            self.assertEqual((len(ids), gateway.creates), (2, 2))

    def test_the_same_key_gives_the_same_task_even_after_a_lost_answer(self) -> None:
        with Gateway(idempotent=True, faults="reset-after-accept:x1") as gateway:
            with self.assertRaises(LOST):
                create(gateway, Idempotency_Key="a")
            again = create(gateway, Idempotency_Key="a")
            self.assertEqual((again.status, again.headers["idempotency-replayed"]), (200, "true"))
            other = create(gateway, {**BODY, "duration": 6}, Idempotency_Key="a")
            self.assertEqual((other.status, other.json["error"]["type"]), (409, "idempotency_key_reused"))
            self.assertEqual(create(gateway, Idempotency_Key="x" * 192).status, 400)
            self.assertEqual((gateway.creates, gateway.api.replays), (1, 1))


class LostAnswers(unittest.TestCase):
    def lose(self, spec: str, creates: int, timeout: float = 5) -> None:
        with self.subTest(spec), Gateway(faults=spec) as gateway:
            with self.assertRaises(LOST):
                create(gateway, timeout=timeout)
            self.assertEqual(gateway.creates, creates)

    def test_resets_timeouts_and_cut_bodies_count_a_create_exactly_when_the_task_exists(self) -> None:
        self.lose("reset-at-connect", 0)
        self.lose("reset-before-accept", 0)
        self.lose("reset-after-accept", 1)
        self.lose("truncated-body", 1)
        self.lose("timeout", 0, timeout=0.2)
        self.lose("timeout-before-accept", 0, timeout=0.2)
        self.lose("timeout-after-accept", 1, timeout=0.2)

    def test_a_reset_at_connect_can_be_kept_to_the_connections_of_creates(self) -> None:
        with Gateway(faults="reset-at-connect:x2:on=create") as gateway:
            self.assertEqual(read(gateway, "task_none").status, 404)
            for _ in range(2):
                with self.assertRaises(LOST):
                    create(gateway)
            self.assertEqual((create(gateway).status, gateway.creates, gateway.create_requests), (200, 1, 1))
        with self.assertRaises(FaultError):
            Gateway(faults="reset:on=delete")

    def test_a_reset_is_a_reset(self) -> None:
        with Gateway(faults="reset-after-accept") as gateway, self.assertRaises(ConnectionResetError):
            create(gateway)

    def test_a_200_that_is_no_json_has_taken_the_task(self) -> None:
        with Gateway(faults="garbage-200") as gateway:
            answer = create(gateway)
            with self.assertRaises(ValueError):
                _ = answer.json
            self.assertEqual((answer.status, gateway.creates), (200, 1))

    def test_reads_and_files_break_too(self) -> None:
        with Gateway() as gateway:
            task = task_id(create(gateway))
            for spec in ("reset", "truncated-body", "timeout"):
                gateway.faults = spec
                with self.subTest(spec), self.assertRaises(LOST):
                    read(gateway, task, timeout=0.2)
                with self.subTest(spec), self.assertRaises(LOST):
                    ask(gateway, "GET", "/files/sample.mp4", timeout=0.2)


class Refusals(unittest.TestCase):
    def test_every_status_answers_in_the_vendors_shape_and_takes_nothing_unless_told(self) -> None:
        for name in (name for name in EXCHANGE_FAULTS if name[:3].isdigit()):
            place = "read" if name == "404" else "create"
            for spec, creates in ((name, 0), (f"{name}:accept:on=create", 1)):
                with self.subTest(spec), Gateway(faults=spec) as gateway:
                    answer = create(gateway) if creates or place == "create" else read(gateway, "task_x")
                    self.assertEqual((answer.status, answer.json["error"]["code"]), (int(name[:3]),) * 2)
                    self.assertEqual(gateway.creates, creates)

    def test_retry_after_in_seconds_as_a_date_and_in_the_body(self) -> None:
        with Gateway(faults="429:retry-after=7") as gateway:
            self.assertEqual(create(gateway).headers["retry-after"], "7")
            gateway.faults = "429:retry-after=date+5"
            self.assertRegex(create(gateway).headers["retry-after"], r"^\w{3}, \d\d \w{3} \d{4} .* GMT$")
            gateway.faults = "429:body=3"
            self.assertEqual(create(gateway).json["retry_after"], 3)
            gateway.faults = "503-retry-after"
            self.assertEqual(create(gateway).headers["retry-after"], "1")

    def test_foreign_answers(self) -> None:
        with Gateway(faults="html-error") as gateway:
            self.assertEqual((create(gateway).status, create(gateway).body[:5]), (502, b"<!DOC"))
            gateway.faults = "error-in-200"
            self.assertEqual((create(gateway).status, create(gateway).json["error"]["code"]), (200, 500))
            gateway.faults = "error-in-200:flag"
            self.assertIs(create(gateway).json["success"], False)
            gateway.faults = "redirect"
            moved = create(gateway)
            self.assertEqual((moved.status, gateway.creates), (307, 0))
            gateway.faults = None
            ask(gateway, "POST", urlsplit(moved.headers["location"]).path, BODY)
            self.assertEqual((gateway.creates, gateway.redirects_followed), (1, 1))
            gateway.faults = "redirect:to=https%3A//example.com/"
            self.assertEqual(create(gateway).headers["location"], "https://example.com/")

    def test_tolerable_variants(self) -> None:
        with Gateway(faults="accepted-202") as gateway:
            self.assertEqual((create(gateway).status, gateway.creates), (202, 1))
            gateway.faults = "object-data"
            self.assertIn("task_id", create(gateway).json["data"])
            gateway.faults = ["flat", "slow-body:seconds=0.2", "delay:seconds=0.1"]
            began = time.monotonic()
            self.assertIn("status", read(gateway, gateway.api.tasks()[0]["id"]).json)
            self.assertGreater(time.monotonic() - began, 0.3)


class Fates(unittest.TestCase):
    def test_how_a_task_may_end(self) -> None:
        with Gateway(speed=0) as gateway:
            gateway.faults = "stuck"
            stuck = finished(gateway)
            self.assertEqual((stuck["status"], stuck["progress"]), ("processing", 40))
            gateway.faults = "unknown-status:forever"
            self.assertEqual(finished(gateway)["status"], "Reviewing")
            gateway.faults = "failed:code=1303"
            self.assertEqual(finished(gateway)["error"]["code"], 1303)
            gateway.faults = "string-error"
            self.assertIsInstance(finished(gateway)["error"], str)
            gateway.faults = "cancelled"
            self.assertEqual(finished(gateway)["status"], "cancelled")
            gateway.faults = "no-url"
            self.assertEqual(finished(gateway)["result"], {"videos": []})
            gateway.faults = ["string-url", "synonyms"]
            ended = finished(gateway)
            self.assertEqual((ended["status"], type(ended["result"]["videos"][0]["url"])), ("SUCCEED", str))
            gateway.faults = "no-progress"
            self.assertNotIn("progress", finished(gateway))

    def test_an_unknown_word_passes_and_the_task_goes_on(self) -> None:
        with Gateway(speed=0, faults=["unknown-status", "backwards"]) as gateway:
            task = task_id(create(gateway))
            words, progress = [], []
            for _ in range(12):
                now = read(gateway, task).json["data"]
                words.append(now["status"])
                progress.append(now["progress"])
                gateway.clock.advance(9)
            self.assertEqual([*dict.fromkeys(words)], ["submitted", "processing", "Reviewing", "completed"])
            self.assertNotEqual(progress, sorted(progress))

    def test_a_dead_link_is_403_and_the_next_read_has_a_fresh_one(self) -> None:
        with Gateway(speed=0, faults="expired-link") as gateway:
            task = finished(gateway)
            self.assertEqual(ask(gateway, "GET", task["result"]["videos"][0]["url"][0]).status, 403)
            again = read(gateway, task["id"]).json["data"]
            self.assertEqual(ask(gateway, "GET", again["result"]["videos"][0]["url"][0]).status, 200)
        with Gateway(speed=0, faults="expired-link:forever:code=410") as gateway:
            for _ in range(2):
                self.assertEqual(
                    ask(gateway, "GET", finished(gateway)["result"]["videos"][0]["url"][0]).status, 410
                )
        with Gateway(speed=0, link_seconds=-1) as gateway:
            self.assertEqual(
                ask(gateway, "GET", finished(gateway)["result"]["videos"][0]["url"][0]).status, 403
            )


class Delivery(unittest.TestCase):
    def test_ranges_and_validators(self) -> None:
        video = clip(1000)
        with Gateway(video=video) as gateway:
            whole = ask(gateway, "GET", "/files/sample.mp4")
            etag = whole.headers["etag"]
            self.assertEqual((whole.body, len(video)), (video, 1000))
            rows = [
                ({"range": "bytes=400-"}, 206, video[400:]),
                ({"range": "bytes=0-9"}, 206, video[:10]),
                ({"range": "bytes=-10"}, 206, video[-10:]),
                ({"range": "bytes=400-", "if_range": etag}, 206, video[400:]),
                ({"range": "bytes=400-", "if_range": '"other"'}, 200, video),
                ({"range": "bytes=1000-"}, 416, b""),
                ({"range": "lines=1-2"}, 200, video),
            ]
            for headers, status, body in rows:
                part = ask(gateway, "GET", "/files/sample.mp4", **headers)
                self.assertEqual((part.status, part.body), (status, body), headers)
            head = ask(gateway, "HEAD", "/files/sample.mp4")
            self.assertEqual((head.headers["content-length"], head.body), ("1000", b""))
            gateway.faults = "bare-part"
            part = ask(gateway, "GET", "/files/sample.mp4", range="bytes=400-", if_range=etag)
            self.assertEqual(
                (part.status, part.body == video[400:], "etag" in part.headers), (206, False, False)
            )
            gateway.faults = "bare-part:dated"
            date = ask(gateway, "GET", "/files/sample.mp4").headers["last-modified"]
            part = ask(gateway, "GET", "/files/sample.mp4", range="bytes=400-", if_range=date)
            self.assertEqual((part.status, part.body), (206, video[400:]))
            self.assertFalse({"etag", "last-modified"} & set(part.headers))
            gateway.faults = "changed-file"
            changed = ask(gateway, "GET", "/files/sample.mp4", range="bytes=400-", if_range=etag)
            self.assertEqual((changed.status, len(changed.body)), (200, 1000))
            gateway.faults = "no-range"
            self.assertEqual(ask(gateway, "GET", "/files/sample.mp4", range="bytes=400-").status, 200)
            gateway.faults = "no-length"
            self.assertEqual(ask(gateway, "GET", "/files/sample.mp4").body, video)
            gateway.faults = "not-a-video"
            self.assertEqual(ask(gateway, "GET", "/files/sample.mp4").headers["content-type"], "text/html")


class Plans(unittest.TestCase):
    def test_the_same_seed_draws_the_same_whatever_the_order(self) -> None:
        def fired(seed: int, subjects: list[str]) -> set[str]:
            plan = FaultPlan(seed, ["429:0.3", "reset-after-accept:0.1"])
            return {
                f"{subject} {fault.name}"
                for subject in subjects
                for fault in plan.for_exchange("create", subject)
            }

        subjects = [str(number) for number in range(1000)]
        self.assertEqual(fired(1, subjects), fired(1, subjects[::-1]))
        self.assertNotEqual(fired(1, subjects), fired(2, subjects))
        self.assertAlmostEqual(len(fired(1, subjects)) / 1000, 0.37, delta=0.06)

    def test_a_count_fires_so_often_and_no_more(self) -> None:
        with Gateway(faults=["429:x2", "503:x1"]) as gateway:
            self.assertEqual([create(gateway).status for _ in range(4)], [429, 429, 503, 200])
            self.assertEqual(gateway.counts["faults"], {"429": 2, "503": 1})

    def test_unknown_names_and_amounts_are_refused(self) -> None:
        for spec in ("explode", "429:1.5", "429:-1"):
            with self.assertRaises(FaultError):
                Fault.parse(spec)
        for name in [*EXCHANGE_FAULTS, *TASK_FATES]:
            self.assertEqual(Fault.parse(f"{name}:0.5").probability, 0.5)


class OtherProcesses(unittest.TestCase):
    def test_the_command_announces_itself_and_is_controlled_over_http(self) -> None:
        command = [
            sys.executable,
            str(Path(__file__).with_name("gateway.py")),
            "--seed",
            "3",
            "--fault",
            "429",
        ]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout
            try:
                ready = json.loads(child.stdout.readline())
                there = Gateway(port=ready["port"])
                self.assertEqual(create(there).status, 429)
                set_to = ask(
                    there,
                    "POST",
                    "/control/faults",
                    {"faults": ["accepted-202"], "speed": 5, "shape": "flat"},
                )
                self.assertEqual(set_to.json, {"faults": ["accepted-202"], "speed": 5, "shape": "flat"})
                self.assertEqual(ask(there, "POST", "/control/faults", {"faults": ["explode"]}).status, 400)
                self.assertEqual(create(there, Idempotency_Key="a").status, 202)
                ask(there, "POST", "/control/faults", {"advance": 1000, "faults": ["reset-at-connect"]})
                task = ask(there, "GET", "/control/tasks").json[0]
                self.assertEqual((task["key"], task["state"]), ("a", "completed"))
                counts = ask(there, "GET", "/control/counts").json
                self.assertEqual(
                    (counts["creates"], counts["createRequests"], counts["mostAtOnce"]), (1, 2, 1)
                )
                self.assertEqual(len(ask(there, "GET", "/control/requests").json), 2)
            finally:
                child.kill()

    @unittest.skipUnless(shutil.which("openssl"), "needs the openssl command to make a certificate")
    def test_tls(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            pair = certificate(Path(folder))
            with Gateway(tls=pair, faults="reset-after-accept:x1") as gateway:
                trust = ssl.create_default_context(cafile=pair[0])
                for _ in range(2):
                    connection = http.client.HTTPSConnection(
                        "127.0.0.1", gateway.port, context=trust, timeout=5
                    )
                    try:
                        connection.request("POST", CREATE, json.dumps(BODY), {"authorization": "Bearer k"})
                        status = connection.getresponse().status
                    except ConnectionResetError:
                        status = 0
                    connection.close()
                self.assertEqual((status, gateway.creates), (200, 2))


if __name__ == "__main__":
    unittest.main()

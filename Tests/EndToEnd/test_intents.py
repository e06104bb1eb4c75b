"""One create per intent, whatever several processes, users and bad moments do to it."""

from __future__ import annotations

import contextlib
import signal
import threading
import unittest
from collections.abc import Iterator
from typing import Any

from harness import CLIP, Case, RPCFailure, Server, wait_for

from gateway import Gateway


class Intents(Case):
    def servers(self, gateway: Gateway, count: int, *options: str) -> list[Server]:
        """Processes with one journal."""
        env = {"KLING_API_KEY": "k", "KLING_LOCALE": None}
        return [self.server("--gateway", gateway.url, *options, env=env) for _ in range(count)]

    @contextlib.contextmanager
    def held_answers(self, gateway: Gateway) -> Iterator[threading.Event]:
        """The gateway takes creates and keeps its answers until the event is set."""
        release = threading.Event()

        def watch(moment: str, place: str, port: int) -> None:
            del port
            if (moment, place) == ("ready", "create"):
                release.wait(20)

        gateway.watch = watch
        try:
            yield release
        finally:
            release.set()

    @staticmethod
    def sent(gateway: Gateway) -> list[str]:
        """Our ids of the creates that arrived, in order."""
        return [one.headers["idempotency-key"] for one in gateway.requests if one.method == "POST"]

    @staticmethod
    def outcomes(calls: list[tuple[Server, int]]) -> list[dict[str, Any] | RPCFailure]:
        found: list[dict[str, Any] | RPCFailure] = []
        for server, call in calls:
            try:
                found.append(server.take(call, 20))
            except RPCFailure as failure:
                found.append(failure)
        return found

    def test_an_id_adopted_before_the_create_is_answered_is_one_task(self) -> None:
        for count in (1, 2):
            with (
                self.subTest(processes=count),
                Gateway(speed=0) as gateway,
                self.held_answers(gateway) as release,
            ):
                servers = self.servers(gateway, count, "--journal", str(self.place.path / f"{count}.db"))
                one, other = servers[0], servers[-1]
                made = one.submit(request=CLIP, idempotencyKey="k", waitFor="queued")["id"]
                (lost,) = wait_for(lambda g=gateway: list(g.book.tasks), 10, "the create")
                adopted = other.call("adopt", taskId=lost)["id"]
                self.assertNotEqual(adopted, made)
                release.set()
                wait_for(lambda s=one, t=made: s.call("status", task=t)["taskId"], 10, "the answer")
                for server in servers:
                    for name in (made, adopted, lost):
                        wait_for(
                            lambda s=server, n=name, t=made: s.call("status", task=n)["id"] == t,
                            5,
                            f"{name} to be {made}",
                        )
                    (ended,) = server.call("list", states=["abandoned"])["tasks"]
                    self.assertEqual((ended["replacedBy"], ended["billed"]), (made, "no"))
                    self.assertIn(made, ended["error"]["message"])
                    self.assertEqual(ended["error"]["data"]["next"]["params"], {"task": made})
                gateway.clock.advance(10_000)
                for server in servers:
                    done = server.call("status", task=adopted, refresh=True)
                    self.assertEqual((done["id"], done["state"]), (made, "completed"))
                    self.assertEqual(server.submit(request=CLIP, idempotencyKey="k")["id"], made)
                self.assertEqual((gateway.creates, gateway.create_requests), (1, 1))

    def test_a_key_is_used_again_by_four_processes_after_a_refusal(self) -> None:
        with Gateway(speed=0, faults=["400:x1:on=create"]) as gateway:
            servers = self.servers(gateway, 4)
            refused = servers[0].fails("submit", request=CLIP, idempotencyKey="k").data["task"]
            calls = [
                (server, server.ask("submit", {"request": CLIP, "idempotencyKey": "k"}))
                for _ in range(4)
                for server in servers
            ]
            tasks = [one for one in self.outcomes(calls) if isinstance(one, dict)]
            self.assertEqual(len(tasks), 16)
            self.assertEqual({one["previous"] for one in tasks}, {refused})
            self.assertEqual(len({one["id"] for one in tasks}), 1)
            self.assertEqual(sum("deduplicated" not in one for one in tasks), 1)
            self.assertEqual((gateway.creates, gateway.create_requests), (1, 2))

    def test_what_is_cancelled_while_others_send_is_never_sent(self) -> None:
        with Gateway(speed=0) as gateway:
            one, other = self.servers(gateway, 2, "--max-active", "40")
            made = [
                (one, one.ask("submit", {"request": {**CLIP, "prompt": str(n)}, "waitFor": "queued"}))
                for n in range(40)
            ]
            tasks = []
            cancels = []
            for server, call in made:
                tasks.append(server.take(call)["id"])
                cancels.append((other, other.ask("cancel", {"task": tasks[-1]})))
            cancelled = set()
            for found in self.outcomes(cancels):
                if isinstance(found, dict):
                    self.assertEqual((found["state"], found["billed"]), ("cancelled", "no"))
                    cancelled.add(found["id"])
                else:
                    self.assertEqual(found.data["type"], "conflict")
            left = [task for task in tasks if task not in cancelled]
            for task in left:
                wait_for(lambda t=task: other.call("status", task=t)["taskId"], 10, "the create")
            self.assertEqual(sorted(self.sent(gateway)), sorted(left))
            self.assertEqual(gateway.creates, len(left))

    def test_the_first_answer_after_a_crash_knows_what_became_of_the_creates(self) -> None:
        calls: list[tuple[str, dict[str, Any]]] = [
            ("list", {}), ("list", {"states": ["unconfirmed"]}), ("list", {"labels": {"a": "b"}}),
            ("submit", {"request": CLIP, "idempotencyKey": "one", "waitFor": "queued"}),
        ]  # fmt: skip
        for method, params in [*calls, ("status", {})]:
            with self.subTest(method, params=params), Gateway(speed=0) as gateway:
                journal = self.place.path / f"{len(method)}-{len(params)}-{len(str(params))}.db"
                option = ("--journal", str(journal), "--max-active", "20")
                with self.held_answers(gateway):
                    (dying,) = self.servers(gateway, 1, *option)
                    task = dying.submit(
                        request=CLIP, idempotencyKey="one", labels={"a": "b"}, waitFor="queued"
                    )["id"]
                    for number in range(3):
                        dying.submit(
                            request={**CLIP, "prompt": str(number)}, labels={"a": "b"}, waitFor="queued"
                        )
                    wait_for(lambda gateway=gateway: gateway.creates == 4, 10, "the creates")
                    dying.kill()
                    dying.exit()
                (again,) = self.servers(gateway, 1, *option)
                found = again.call(method, **(params or ({"task": task} if method == "status" else {})))
                tasks = found["tasks"] if method == "list" else [found]
                self.assertEqual(len(tasks), 4 if method == "list" else 1)
                for one in tasks:
                    found = (one["state"], one["error"]["data"]["billed"])
                    self.assertEqual(found, ("unconfirmed", "unknown"))
                self.assertEqual(gateway.create_requests, 4)

    def test_the_first_answer_does_not_promise_that_a_create_is_sent_again(self) -> None:
        env = {"KLING_API_KEY": "k", "KLING_LOCALE": None, "KLING_GATEWAY_IDEMPOTENT": "1"}
        with Gateway(speed=0, faults=["reset-after-accept:x9"]) as gateway:
            dying = self.server("--gateway", gateway.url, env=env)
            task = dying.submit(request=CLIP, waitFor="queued")["id"]

            def stands_in_line() -> bool:
                found = dying.call("status", task=task)
                return (found["state"], found["billed"]) == ("queued", "unknown")

            wait_for(stands_in_line, 10, "the lost answer")
            dying.kill()
            dying.exit()
            sent = gateway.create_requests
            (again,) = self.servers(gateway, 1)
            found = again.call("status", task=task)
            self.assertEqual((found["state"], found["billed"]), ("unconfirmed", "unknown"))
            self.assertNotIn("by itself", found["error"]["message"])
            self.assertEqual(gateway.create_requests, sent)

    def test_an_end_during_a_create_waits_for_its_answer(self) -> None:
        with Gateway(speed=0) as gateway, self.held_answers(gateway) as release:
            (server,) = self.servers(gateway, 1, "--log-level", "info")
            task = server.submit(request=CLIP, waitFor="queued")["id"]
            wait_for(lambda: gateway.creates == 1, 10, "the create")
            server.kill(signal.SIGTERM)
            wait_for(lambda: "ending" in server.log(), 5, "the signal to be heard")
            self.assertIsNone(server.process.poll(), "it did not wait")
            release.set()
            self.assertEqual(server.exit(8), 0)
            (again,) = self.servers(gateway, 1)
            found = again.call("status", task=task)
            self.assertIn(found["state"], ("submitted", "processing"))
            self.assertEqual((gateway.creates, gateway.create_requests), (1, 1))

    def test_a_wait_that_the_gateway_asked_for_outlives_a_kill_and_holds_for_others(self) -> None:
        with Gateway(speed=0, faults=["429:x1:on=create:retry-after=3"]) as gateway:
            (one,) = self.servers(gateway, 1)
            task = one.submit(request=CLIP, waitFor="queued")["id"]
            wait_for(lambda: one.call("status", task=task)["error"], 10, "the refusal")
            (other,) = self.servers(gateway, 1)
            second = other.submit(request={**CLIP, "prompt": "second"}, waitFor="queued")["id"]
            # What it was told is in the journal with the next answer of the journal.
            one.submit(request={**CLIP, "prompt": "third"}, waitFor="queued")
            one.kill()
            one.exit()
            for name in (task, second):
                wait_for(lambda n=name: other.call("status", task=n)["taskId"], 15, "the create")
            times = [one.at for one in gateway.requests if one.method == "POST"]
            self.assertGreaterEqual(times[1] - times[0], 2.95)
            # Those behind it have connections of their own, and may be a millisecond faster on the way.
            sent = self.sent(gateway)
            self.assertEqual(sent[0], task)
            self.assertIn(task, sent[1:4])

    def test_a_limit_of_parallel_tasks_holds_for_the_other_process(self) -> None:
        with Gateway(speed=0, parallel=2) as gateway:
            servers = self.servers(gateway, 2, "--max-active", "9")
            for number in range(2):
                servers[number].submit(request={**CLIP, "prompt": str(number)})
            waiting = servers[0].submit(request={**CLIP, "prompt": "2"}, waitFor="queued")["id"]
            wait_for(lambda: servers[0].call("status", task=waiting)["error"], 10, "the complaint")
            servers[0].submit(request={**CLIP, "prompt": "3"}, waitFor="queued")
            servers[0].kill()
            servers[0].exit()
            (third,) = self.servers(gateway, 1, "--max-active", "9")
            # Each has taken over, or been told to wait, long before its own create would have been refused.
            for server in (servers[1], third):
                last = server.submit(request={**CLIP, "prompt": str(server.pid)}, waitFor="queued")["id"]
                waited = server.call("wait", task=last, timeoutSeconds=2)
                self.assertEqual(waited["tasks"][0]["state"], "queued")
            self.assertEqual((gateway.creates, gateway.create_requests), (2, 3))

    def test_a_journal_that_was_taken_away_is_not_written_into_the_void(self) -> None:
        with Gateway(speed=0) as gateway:
            (server,) = self.servers(gateway, 1)
            task = server.submit(request=CLIP)["id"]
            for replaced in (False, True):
                with self.subTest(replaced=replaced):
                    aside = self.place.path / "aside"
                    self.place.journal.rename(aside)
                    if replaced:
                        self.place.journal.write_bytes(b"")
                    failure = server.fails("submit", request={**CLIP, "prompt": "new"})
                    self.assert_explains(failure, 507, "journal_unavailable", "removed or replaced")
                    self.assertEqual(failure.data["billed"], "no")
                    self.assertEqual(server.call("status", task=task)["id"], task)
                    aside.rename(self.place.journal)
            last = server.submit(request={**CLIP, "prompt": "back"})["id"]
            self.assertEqual((gateway.creates, gateway.create_requests), (2, 2))
            server.finish()
            (again,) = self.servers(gateway, 1)
            self.assertEqual({one["id"] for one in again.call("list")["tasks"]}, {task, last})


if __name__ == "__main__":
    unittest.main()

"""The main job: every example of both model pages, to a file; killed in between; one create each."""

from __future__ import annotations

import json
import unittest
from pathlib import Path

from harness import CLIP, Case, Server, wait_for

from gateway import Gateway

EXAMPLES = json.loads(Path(__file__).with_name("examples.json").read_text())


class MainJob(Case):
    def run_examples(self, server: Server) -> None:
        server.call("hello", options={"maxActive": 20})
        server.call("subscribe", all=True)
        tasks = {}
        for example in EXAMPLES:
            found = server.call("validate", request=example["request"])
            self.assertTrue(found["valid"], f"{example['name']}: {found['diagnostics']}")
            asked = server.ask("submit", {"request": example["request"], "download": {"directory": "videos"}})
            tasks[example["name"]] = (server.take(asked, 20), found["normalized"])
        for name, (task, normalized) in tasks.items():
            with self.subTest(example=name):
                self.assertEqual(task["request"], normalized)
                server.update(task["id"], "completed", seconds=60)
                done = server.call("wait", 30, task=task["id"])["tasks"][0]
                self.assertEqual((done["state"], done["billed"], done["error"]), ("completed", "yes", None))
        for name, (task, _) in tasks.items():
            with self.subTest(example=name):
                path = wait_for(
                    lambda t=task: server.call("status", task=t["id"])["videos"][0].get("path"),
                    20,
                    "the file",
                )
                self.assertEqual((self.place.path / path).read_bytes()[4:8], b"ftyp")

    def test_every_example_becomes_a_file_on_the_simulator(self) -> None:
        self.run_examples(self.simulated())

    def test_every_example_becomes_a_file_over_http_with_one_create_each(self) -> None:
        with Gateway(speed=100) as gateway:
            server = self.server("--gateway", gateway.url, env={"KLING_API_KEY": "k"})
            self.run_examples(server)
            self.assertEqual((gateway.creates, gateway.create_requests), (len(EXAMPLES), len(EXAMPLES)))
            for request in gateway.requests:
                if request.method == "POST":
                    self.assertEqual(request.headers["authorization"], "Bearer k")
                    self.assertNotIn("size", json.loads(request.body))
            self.assertEqual(server.finish(), 0)

    def test_the_other_shape_of_the_gateways_answers_is_understood_as_well(self) -> None:
        for faults in ([], ["accepted-202", "object-data", "string-url", "synonyms"]):
            with self.subTest(faults=faults), Gateway(speed=0, shape="flat", faults=faults) as gateway:
                server = self.server(
                    "--gateway", gateway.url, "--journal", ":memory:", env={"KLING_API_KEY": "k"}
                )
                task = server.submit()["id"]
                gateway.clock.advance(10_000)
                done = server.call("status", task=task, refresh=True)
                self.assertEqual((done["state"], done["progress"]), ("completed", 100))


class Killed(Case):
    def check(self, *arguments: str, env: dict[str, str | None] | None = None) -> list[str]:
        """Submits every example, is killed, and the next process finishes the same tasks."""
        requests = [example["request"] for example in EXAMPLES]
        first = self.server(*arguments, env=env)
        tasks = [
            first.take(
                first.ask("submit", {"request": r, "idempotencyKey": f"job-{n}", "waitFor": "queued"})
            )["id"]
            for n, r in enumerate(requests)
        ]
        first.call("wait", task=tasks[0], timeoutSeconds=0.3)
        first.kill()
        first.exit()
        second = self.server(*arguments, env=env)
        for number, request in enumerate(requests):
            again = second.submit(request=request, idempotencyKey=f"job-{number}", waitFor="queued")
            self.assertEqual((again["id"], again["deduplicated"]), (tasks[number], True))
        second.call("subscribe", tasks=tasks, since=0)
        waited = second.call("wait", 90, tasks=tasks, timeoutSeconds=80)
        states = {task["id"]: task["state"] for task in waited["tasks"]}
        self.assertEqual(set(states), set(tasks))
        self.assertTrue(waited["done"], states)
        for task in waited["tasks"]:
            # A create that was on its way at the kill is not known to have arrived: it is never sent again.
            self.assertIn(task["state"], ("completed", "unconfirmed"))
        self.assertLessEqual(list(states.values()).count("unconfirmed"), 3)
        self.assertEqual(len(second.call("list", limit=100)["tasks"]), len(tasks))
        for task in waited["tasks"]:
            if task["state"] == "completed":
                second.call("download", 20, task=task["id"], directory="videos")
        self.assertEqual(len(list(self.place.videos.glob("*.mp4"))), list(states.values()).count("completed"))
        return list(states.values())

    def test_a_killed_process_is_continued_on_the_simulator(self) -> None:
        self.check("--simulate", "speed=100")

    def test_a_killed_process_is_continued_over_http_and_pays_once(self) -> None:
        with Gateway(speed=100) as gateway:
            states = self.check("--gateway", gateway.url, "--max-active", "20", env={"KLING_API_KEY": "k"})
            self.assertGreaterEqual(gateway.creates, states.count("completed"))
            self.assertLessEqual(gateway.creates, len(EXAMPLES))
            self.assertEqual(gateway.creates, gateway.create_requests)
            bodies = [r.body for r in gateway.requests if r.method == "POST"]
            self.assertEqual(len(bodies), len(set(bodies)), "a create was sent twice")

    def test_a_task_that_was_accepted_is_finished_by_the_next_process(self) -> None:
        with Gateway(speed=0) as gateway:
            environment = {"KLING_API_KEY": "k"}
            first = self.server("--gateway", gateway.url, env=environment)
            tasks = [
                first.submit(request={**CLIP, "prompt": str(n)}, idempotencyKey=f"k{n}")["id"]
                for n in range(3)
            ]
            first.kill()
            first.exit()
            gateway.clock.speed = 100
            gateway.clock.advance(3600)
            second = self.server("--gateway", gateway.url, env=environment)
            second.call("hello")
            done = [second.call("status", task=task, refresh=True) for task in tasks]
            self.assertEqual([one["state"] for one in done], ["completed"] * 3)
            self.assertEqual((gateway.creates, gateway.create_requests), (3, 3))

    def test_a_key_holds_over_many_restarts_and_callers(self) -> None:
        with Gateway(speed=0) as gateway:
            found = set()
            for number in range(4):
                server = self.server("--gateway", gateway.url, env={"KLING_API_KEY": "k"})
                asked = [
                    server.ask("submit", {"request": CLIP, "idempotencyKey": "one", "waitFor": "submitted"})
                    for _ in range(5)
                ]
                found |= {server.take(one)["id"] for one in asked}
                if number % 2:
                    server.kill()
                    server.exit()
                else:
                    server.finish()
            self.assertEqual(len(found), 1)
            self.assertEqual((gateway.creates, gateway.create_requests), (1, 1))


if __name__ == "__main__":
    unittest.main()

"""Every plain method's way, good and bad, on the simulator."""

from __future__ import annotations

import hashlib
import json
import unittest
from pathlib import Path

from harness import CLIP, FINAL, Case, wait_for

NOBODY = "kt_01ARZ3NDEKTSV4RRFFQ69G5FAV"
STAMP = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"


class Validating(Case):
    def test_text_files_and_objects_are_judged_alike(self) -> None:
        server = self.server()
        request = {**CLIP, "duration": "5"}
        file = self.place.path / "a b.kling.json"
        file.write_text(json.dumps(request))
        ways = (
            {"request": request},
            {"text": json.dumps(request)},
            {"uri": str(file)},
            {"uri": file.as_uri()},
        )
        for way in ways:
            found = server.call("validate", **way)
            self.assertFalse(found["valid"])
            self.assertEqual(
                [(d["code"], d["path"]) for d in found["diagnostics"]], [("duration.quoted", "/duration")]
            )
            self.assertEqual("range" in found["diagnostics"][0], way is not ways[0])

    def test_comments_lines_and_arrays_are_understood(self) -> None:
        server = self.server()
        text = '// a film\n{"model":"kling-v3","prompt":"A cat",}'
        self.assertTrue(server.call("validate", text=text, languageId="jsonc")["valid"])
        self.assertFalse(server.call("validate", text=text)["valid"])
        (self.place.path / "a.jsonc").write_text(text)
        self.assertTrue(server.call("validate", uri=str(self.place.path / "a.jsonc"))["valid"])
        bad = json.dumps({**CLIP, "mode": "ultra"})
        lines = server.call("validate", text=f"{json.dumps(CLIP)}\n{bad}\n", languageId="jsonl")
        self.assertEqual([d["path"] for d in lines["diagnostics"]], ["/1/mode"])
        array = server.call("validate", text=f"[{bad},{json.dumps(CLIP)}]")
        self.assertEqual([d["path"] for d in array["diagnostics"]], ["/0/mode"])

    def test_strictness_and_severities_are_the_callers(self) -> None:
        server = self.server()
        request = {**CLIP, "colour": "red"}
        self.assertTrue(server.call("validate", request=request)["valid"])
        self.assertFalse(server.call("validate", request=request, strict=True)["valid"])
        found = server.call("validate", request=request, severities={"parameter.unknown": "off"})
        self.assertEqual(found["diagnostics"], [])
        found = server.call("validate", request=request, severities={"parameter.unknown": "hint"})
        self.assertEqual([d["severity"] for d in found["diagnostics"]], ["hint"])

    def test_a_level_that_would_change_nothing_is_refused(self) -> None:
        server = self.server()
        for call in (
            lambda: server.call("validate", text="{", severities={"syntax.comment": "hint"}),
            lambda: server.call("hello", options={"severities": {"document.root": "off"}}),
        ):
            with self.assertRaisesRegex(Exception, "stays an error"):
                call()
        server.call("hello", options={"severities": {"syntax.comment": "error", "document.root": None}})

    def test_the_fixes_that_are_given_work(self) -> None:
        server = self.server()
        text = (
            '{"model":"kling-v3","prompt":"A cat","duration":"5","mode":"PRO","size":"16:9","image_urls":[],'
        )
        text += '"sound":true}'
        for _ in range(8):
            found = server.call("validate", text=text)
            fixable = [d for d in found["diagnostics"] if d.get("fixes")]
            if not fixable:
                break
            fix = next((f for f in fixable[0]["fixes"] if f.get("preferred")), fixable[0]["fixes"][0])
            for edit in sorted(fix["edits"], key=lambda e: -e["range"]["start"]["character"]):
                start, end = edit["range"]["start"]["character"], edit["range"]["end"]["character"]
                text = text[:start] + edit["newText"] + text[end:]
        self.assertEqual(found["diagnostics"], [], text)
        self.assertEqual(
            json.loads(text),
            {
                "model": "kling-v3",
                "prompt": "A cat",
                "duration": 5,
                "mode": "pro",
                "aspect_ratio": "16:9",
                "audio": True,
            },
        )


class Submitting(Case):
    def test_each_way_to_wait(self) -> None:
        server = self.simulated(speed=50)
        queued = server.submit(waitFor="queued")
        self.assertRegex(queued["id"], r"^kt_[0-9A-HJKMNP-TV-Z]{26}$")
        self.assertIn(queued["state"], ("queued", "submitting", "submitted"))
        submitted = server.submit(request={**CLIP, "prompt": "two"})
        self.assertIn(submitted["state"], ("submitted", "processing"))
        self.assertTrue(submitted["taskId"])
        self.assertEqual(submitted["billed"], "pending")
        completed = server.submit(request={**CLIP, "prompt": "three"}, waitFor="completed", seconds=40)
        self.assertEqual(
            (completed["state"], completed["progress"], completed["billed"]), ("completed", 100, "yes")
        )
        self.assertRegex(completed["completedAt"], STAMP)
        self.assertTrue(completed["videos"][0]["url"])
        self.assertEqual(completed["request"], {**CLIP, "prompt": "three"})

    def test_the_limit_of_the_time_is_a_task_and_no_error(self) -> None:
        server = self.simulated(speed=1)
        task = server.submit(waitFor="completed", timeoutSeconds=0.2)
        self.assertNotIn(task["state"], FINAL)

    def test_errors_stop_it_before_anything_is_sent(self) -> None:
        server = self.simulated()
        failure = server.fails("submit", request={**CLIP, "duration": "5", "mode": "ultra"})
        self.assert_explains(failure, 422, "validation_error")
        self.assertEqual({d["code"] for d in failure.data["diagnostics"]}, {"duration.quoted", "mode.value"})
        self.assertEqual((failure.data["billed"], failure.data["retry"]), ("no", "never"))
        self.assert_explains(
            server.fails("submit", request={**CLIP, "colour": "red"}, strict=True), 422, "validation_error"
        )
        self.assertEqual(server.call("list")["tasks"], [])

    def test_a_dry_run_shows_the_request_and_makes_no_task(self) -> None:
        server = self.server("--gateway", "http://127.0.0.1:9", env={"KLING_API_KEY": "sk-secret"})
        shown = server.call("submit", request={**CLIP, "size": "16:9"}, dryRun=True)
        self.assertEqual(
            (shown["method"], shown["url"]), ("POST", "http://127.0.0.1:9/v1/videos/generations")
        )
        self.assertEqual(shown["body"], {**CLIP, "aspect_ratio": "16:9"})
        self.assertNotIn("secret", json.dumps(shown))
        self.assertEqual(server.call("list")["tasks"], [])

    def test_the_same_key_is_the_same_task_also_in_another_process(self) -> None:
        one = self.simulated()
        first = one.submit(idempotencyKey="order-1")
        again = one.submit(idempotencyKey="order-1")
        self.assertEqual((again["id"], again["deduplicated"]), (first["id"], True))
        self.assertNotIn("deduplicated", first)
        two = self.simulated()
        self.assertEqual(two.submit(idempotencyKey="order-1")["id"], first["id"])
        failure = two.fails(
            "submit", request={**CLIP, "duration": 10, "mode": "pro"}, idempotencyKey="order-1"
        )
        self.assert_explains(failure, 409, "conflict", "order-1")
        self.assertEqual(sorted(failure.data["differences"]), ["/duration", "/mode"])
        self.assertEqual(failure.data["task"], first["id"])
        self.assertEqual(len(two.call("list")["tasks"]), 1)

    def test_the_same_request_without_a_key_is_a_second_task_with_a_hint(self) -> None:
        server = self.simulated()
        first, second = server.submit(), server.submit()
        self.assertNotEqual(first["id"], second["id"])
        (hint,) = (d for d in second["diagnostics"] if d["code"] == "submit.possibleDuplicate")
        self.assertIn(first["id"], json.dumps(hint))

    def test_the_gateway_has_no_more_at_once_than_asked_for(self) -> None:
        server = self.simulated("--max-active", "2", speed=100)
        tasks = [server.submit(request={**CLIP, "prompt": str(n)}, waitFor="queued")["id"] for n in range(5)]
        server.take(server.ask("wait", {"task": tasks[0], "timeoutSeconds": 0.05}))
        states = [server.call("status", task=task) for task in tasks]
        self.assertLessEqual(sum(s["state"] in ("submitting", "submitted", "processing") for s in states), 2)
        self.assertEqual([s["queue"]["ahead"] for s in states if s["state"] == "queued"], [0, 1, 2])
        waited = server.call("wait", 40, tasks=tasks)
        self.assertTrue(waited["done"])
        self.assertEqual({task["state"] for task in waited["tasks"]}, {"completed"})

    def test_the_budget_holds(self) -> None:
        server = self.simulated("--budget", "2/day,12s/day")
        server.submit()
        failure = server.fails("submit", request={**CLIP, "duration": 10})
        self.assert_explains(failure, 429, "budget_exceeded")
        self.assertEqual(failure.data["billed"], "no")
        # When the first is a day old.
        word, _, seconds = failure.data["retry"].partition(":")
        self.assertEqual(word, "after")
        self.assertAlmostEqual(int(seconds), 86_400, delta=60)
        self.assertRegex(failure.message, r"room for this one in (24 h,|23 h \d+ min)")
        failure = server.fails("submit", request={**CLIP, "duration": 15})
        self.assertEqual(failure.data["retry"], "never")
        self.assertIn("more than the budget of a whole day", failure.message)
        server.submit()
        self.assert_explains(server.fails("submit", request={**CLIP, "duration": 3}), 429, "budget_exceeded")
        self.assertEqual(server.call("hello", options={"budget": "9/day"})["protocol"], "1.0")
        self.assert_explains(server.fails("submit", request={**CLIP, "duration": 3}), 429, "budget_exceeded")


class Spending(Case):
    def test_no_severity_lets_an_error_be_paid_for(self) -> None:
        server = self.simulated()
        server.call("hello", options={"severities": {"duration.range": "off", "prompt.missing": "hint"}})
        bad = {"model": "kling-v3", "duration": 99}
        self.assertTrue(server.call("validate", request=bad)["valid"])
        failure = server.fails("submit", request=bad, dryRun=True)
        self.assertEqual(failure.code, 422)

    def test_a_key_conflict_costs_nothing_and_says_so(self) -> None:
        server = self.simulated()
        server.submit(request={"model": "kling-v3", "prompt": "a"}, idempotencyKey="k")
        failure = server.fails("submit", request={"model": "kling-v3", "prompt": "b"}, idempotencyKey="k")
        self.assertEqual((failure.code, failure.data["billed"]), (409, "no"))
        self.assertEqual(failure.data["differences"], ["/prompt"])

    def test_a_parameter_given_twice_is_not_guessed(self) -> None:
        server = self.simulated()
        server.send_raw(
            b'{"jsonrpc":"2.0","id":"t","method":"submit","params":{"dryRun":true,"dryRun":false,'
            b'"request":{"model":"kling-v3","prompt":"a"}}}'
        )
        self.assertEqual(server.reply("t")["error"]["code"], -32602)
        self.assertEqual(server.call("list")["tasks"], [])

    def test_a_repeat_without_a_key_is_told_of_an_earlier_one_with_a_key(self) -> None:
        server = self.simulated()
        request = {"model": "kling-v3", "prompt": "again"}
        first = server.submit(request=request, idempotencyKey="k")
        server.submit(request=request, idempotencyKey="k")
        again = server.submit(request=request)
        self.assertIn("submit.possibleDuplicate", [one["code"] for one in again["diagnostics"]])
        self.assertIn(first["id"], again["diagnostics"][-1]["message"])

    def test_the_line_is_in_the_order_of_the_requests(self) -> None:
        for wait in ("queued", "submitted"):
            with self.subTest(waitFor=wait):
                server = self.simulated("--max-active", "1", "--journal", str(self.place.path / f"{wait}.db"))
                for number in range(60):
                    request = {**CLIP, "prompt": str(number)}
                    server.ask("submit", {"request": request, "waitFor": wait, "timeoutSeconds": 0})
                server.call("list")
                made: list[str] = []
                while len(made) < 60:
                    page = server.call("list", limit=60)
                    made = [one["request"]["prompt"] for one in page["tasks"]]
                self.assertEqual(made, [str(number) for number in reversed(range(60))])

    def test_a_repeat_is_told_what_of_it_does_not_count(self) -> None:
        server = self.simulated()
        first = server.submit(request=CLIP, idempotencyKey="k", labels={"a": "b"})
        again = server.submit(
            request=CLIP, idempotencyKey="k", labels={"a": "c"}, download={"directory": str(self.place.path)}
        )
        self.assertEqual((again["id"], again["labels"]), (first["id"], {"a": "b"}))
        hints = {one["code"]: one for one in again["diagnostics"]}
        self.assertEqual(set(hints), {"submit.keptDelivery", "submit.keptLabels"})
        for hint in hints.values():
            self.assertIn(first["id"], hint["message"])

    def test_the_end_that_another_process_gave_a_task_stands(self) -> None:
        one = self.simulated(speed=20)
        other = self.simulated(speed=20)
        task = one.submit(request={"model": "kling-v3", "prompt": "a"})["id"]
        self.assertEqual(other.call("cancel", task=task, abandon=True)["state"], "abandoned")
        wait_for(lambda: one.call("status", task=task)["state"] == "abandoned", 30, "the first to see it")
        self.assertEqual(other.call("status", task=task)["state"], "abandoned")


class Following(Case):
    def test_a_subscription_tells_every_state_in_order_and_ends(self) -> None:
        server = self.simulated(speed=100)
        task = server.submit(waitFor="queued")["id"]
        subscription = server.call("subscribe", task=task)
        self.assertEqual([one["id"] for one in subscription["tasks"]], [task])
        server.update(task, "completed")
        server.until(lambda: server.notifications("subscription/end"))
        updates = server.notifications("task/update")
        seqs = [one["seq"] for one in updates]
        self.assertEqual(seqs, sorted(set(seqs)))
        progress = [one["task"]["progress"] for one in updates if one["task"]["progress"] is not None]
        self.assertEqual(progress, sorted(progress))
        states = [one["task"]["state"] for one in updates]
        order = ["queued", "submitting", "submitted", "processing", "completed"]
        self.assertEqual(states, sorted(states, key=order.index))
        (end,) = server.notifications("subscription/end")
        self.assertEqual(end["subscription"], subscription["subscription"])
        self.assertGreaterEqual(end["seq"], seqs[-1])

    def test_what_was_missed_is_told_again(self) -> None:
        server = self.simulated(speed=100)
        server.call("subscribe", all=True)
        task = server.submit(waitFor="completed", seconds=30)["id"]
        server.update(task, "completed")
        told = [one for one in server.notifications("task/update") if one["task"]["id"] == task]
        states = [one["task"]["state"] for one in told]
        second = self.simulated()
        again = second.call("subscribe", task=task, since=0)
        second.until(lambda: second.notifications("subscription/end"))
        self.assertFalse(again["snapshot"])
        replayed = [one["task"]["state"] for one in second.notifications("task/update")]
        self.assertEqual(list(dict.fromkeys(replayed)), list(dict.fromkeys(states)))
        middle = told[len(told) // 2]["seq"]
        third = self.simulated()
        third.call("subscribe", task=task, since=middle)
        third.until(lambda: third.notifications("subscription/end"))
        self.assertTrue(all(one["seq"] > middle for one in third.notifications("task/update")))
        self.assertEqual(third.notifications("task/update")[-1]["task"]["state"], "completed")

    def test_labels_choose_and_an_unsubscription_ends(self) -> None:
        server = self.simulated(speed=60)
        chosen = server.call("subscribe", labels={"film": "cats"})["subscription"]
        cats = server.submit(labels={"film": "cats"})["id"]
        dogs = server.submit(labels={"film": "dogs"}, request={**CLIP, "prompt": "dog"})["id"]
        server.update(cats, "submitted", "processing", "completed")
        self.assertEqual(server.call("unsubscribe", subscription=chosen), {})
        seen = len(server.notifications("task/update"))
        server.call("wait", 30, tasks=[cats, dogs])
        self.assertEqual(len(server.notifications("task/update")), seen)
        self.assertEqual({n["task"]["id"] for n in server.notifications("task/update")}, {cats})
        failure = server.fails("unsubscribe", subscription=chosen)
        self.assert_explains(failure, -32602, None, "no subscription", "ended already")
        self.assertNotIn("task", json.dumps(failure.data))

    def test_status_and_wait_take_either_id(self) -> None:
        server = self.simulated()
        task = server.submit()
        for id in (task["id"], task["taskId"]):
            self.assertEqual(server.call("status", task=id)["id"], task["id"])
            self.assertEqual(server.call("status", task=id, refresh=True)["id"], task["id"])
            self.assertTrue(server.call("wait", 30, task=id)["done"])

    def test_what_does_not_exist_is_404_everywhere(self) -> None:
        server = self.simulated()
        for method in ("status", "wait", "subscribe", "cancel", "download"):
            for id in (NOBODY, "task_nothing", "", "kt_"):
                with self.subTest(method=method, id=id):
                    failure = server.fails(method, task=id)
                    self.assert_explains(failure, 404, "task_not_found")
                    self.assertEqual((failure.data["billed"], failure.data["retry"]), ("no", "never"))

    def test_the_list_comes_newest_first_in_pages(self) -> None:
        server = self.simulated()
        made = [
            server.submit(request={**CLIP, "prompt": str(n)}, waitFor="queued", labels={"n": str(n % 2)})[
                "id"
            ]
            for n in range(7)
        ]
        found, cursor = [], None
        while True:
            page = server.call("list", limit=3, **({"cursor": cursor} if cursor else {}))
            found += [task["id"] for task in page["tasks"]]
            cursor = page.get("nextCursor")
            if not cursor:
                break
        self.assertEqual(found, made[::-1])
        odd = server.call("list", labels={"n": "1"}, model="kling-v3")["tasks"]
        self.assertEqual([task["id"] for task in odd], made[1::2][::-1])
        self.assertEqual(server.call("list", model="kling-video-o1")["tasks"], [])
        server.call("wait", 40, tasks=made)
        self.assertEqual(len(server.call("list", states=["completed"])["tasks"]), 7)


class Ending(Case):
    def test_a_queued_task_is_cancelled_for_nothing(self) -> None:
        server = self.simulated("--max-active", "1", speed=1)
        server.submit()
        queued = server.submit(request={**CLIP, "prompt": "later"}, waitFor="queued", idempotencyKey="k")[
            "id"
        ]
        ended = server.call("cancel", task=queued)
        self.assertEqual((ended["state"], ended["billed"]), ("cancelled", "no"))
        self.assert_explains(server.fails("cancel", task=queued), 409, "conflict")
        # Unbilled, so the key is free for a new attempt, which names the old one.
        again = server.submit(request={**CLIP, "prompt": "later"}, waitFor="queued", idempotencyKey="k")
        self.assertNotEqual(again["id"], queued)
        self.assertEqual(again["previous"], queued)

    def test_a_sent_task_can_only_be_abandoned(self) -> None:
        server = self.simulated(speed=1)
        task = server.submit()["id"]
        failure = server.fails("cancel", task=task)
        self.assert_explains(failure, 409, "conflict", "abandon")
        self.assertEqual(failure.data["task"], task)
        ended = server.call("cancel", task=task, abandon=True)
        self.assertEqual(ended["state"], "abandoned")
        self.assertNotEqual(ended["billed"], "no")

    def test_a_download_gives_a_file_and_overwrites_nothing_unasked(self) -> None:
        server = self.simulated()
        task = server.submit(waitFor="completed", seconds=30)["id"]
        (file,) = server.call("download", task=task, directory="videos")["files"]
        content = (self.place.path / file["path"]).read_bytes()
        self.assertTrue(Path(file["path"]).is_absolute())
        self.assertEqual(file["bytes"], len(content))
        self.assertEqual(file["sha256"], hashlib.sha256(content).hexdigest())
        self.assertEqual(content[4:8], b"ftyp")
        self.assertEqual(list(self.place.videos.glob("*.part")), [])
        self.assertEqual(server.call("download", task=task, directory="videos")["files"], [file])
        (self.place.path / "mine").mkdir()
        mine = self.place.path / "mine" / Path(file["path"]).name
        mine.write_bytes(content)
        failure = server.fails("download", task=task, directory="mine")
        self.assert_explains(failure, 409, "conflict", "overwrite")
        for name in (self.place.journal.name, "key"):
            target = self.place.path / name
            if name == "key":
                target.write_text("sk-key")
            before = target.read_bytes()[:6]
            failure = server.fails("download", task=task, path=str(target), overwrite=True)
            self.assert_explains(failure, 409, "conflict", "is no video")
            self.assertEqual(target.read_bytes()[:6], before)
        (again,) = server.call("download", task=task, directory="videos", overwrite=True)["files"]
        self.assertEqual(again["sha256"], file["sha256"])
        target = self.place.path / "one.mp4"
        (named,) = server.call("download", task=task, path=str(target))["files"]
        self.assertEqual(Path(named["path"]).resolve(), target.resolve())
        self.assertEqual(server.call("status", task=task)["videos"][0]["path"], named["path"])

    def test_the_progress_of_a_download_carries_the_token_of_its_call(self) -> None:
        server = self.simulated()
        task = server.submit(waitFor="completed", seconds=30)["id"]
        for token in ("first ☂", 7, 0, ""):
            seen = len(server.notifications("task/download"))
            server.call("download", task=task, path="clip.mp4", overwrite=True, progressToken=token)
            told = server.notifications("task/download")[seen:]
            self.assertTrue(told)
            self.assertEqual([one["progressToken"] for one in told], [token] * len(told))
        seen = len(server.notifications("task/download"))
        server.call("download", task=task, path="clip.mp4", overwrite=True)
        for one in server.notifications("task/download")[seen:]:
            self.assertNotIn("progressToken", one)
        for token in ([], {}, True, 1.5, "x" * 1000):
            failure = server.fails("download", task=task, path="other.mp4", progressToken=token)
            self.assert_explains(failure, -32602, None, "progressToken must be")
        self.assertFalse((self.place.path / "other.mp4").exists())

    def test_a_client_that_is_behind_is_told_the_end_of_each_file(self) -> None:
        server = self.simulated()
        task = server.submit(waitFor="completed", seconds=30)["id"]
        server.pause_reading.set()
        # Its answer is more than the pipe has room for.
        server.ask("validate", {"request": {**CLIP, "prompt": "x" * 300_000}})
        asked = [server.ask("download", {"task": task, "path": f"{name}.mp4"}) for name in "abc"]
        for name in "abc":
            wait_for(lambda n=name: (self.place.path / f"{n}.mp4").exists(), 20, "the file")
        server.pause_reading.clear()
        files = {server.take(one, 20)["files"][0]["path"] for one in asked}
        last = {one["file"]: one for one in server.notifications("task/download")}
        self.assertEqual(set(last), files)
        for one in last.values():
            self.assertEqual(one["bytes"], one["total"])

    def test_a_download_that_cannot_be_is_explained(self) -> None:
        server = self.simulated(speed=1)
        task = server.submit()["id"]
        failure = server.fails("download", task=task)
        self.assert_explains(failure, 409)
        fast = self.simulated()
        done = fast.submit(request={**CLIP, "prompt": "b"}, waitFor="queued")["id"]
        other = self.server("--simulate", "speed=200", "--journal", ":memory:")
        done = other.submit(waitFor="completed", seconds=30)["id"]
        blocked = self.place.path / "file"
        blocked.write_text("")
        failure = other.fails("download", task=done, directory=str(blocked / "inside"))
        self.assert_explains(failure, 507, "file_system_error")
        self.assertEqual(failure.data["billed"], "yes")

    def test_a_place_may_be_a_file_uri_and_no_other(self) -> None:
        server = self.simulated()
        folder = self.place.path / "my videos"
        task = server.submit(waitFor="completed", seconds=30, download={"directory": folder.as_uri()})
        file = Path(task["videos"][0]["path"])
        self.assertEqual(file.parent.resolve(), folder.resolve())
        (file,) = server.call("download", task=task["id"], path=(folder / "é.mp4").as_uri())["files"]
        self.assertEqual(Path(file["path"]).resolve(), (folder / "é.mp4").resolve())
        for place in ("https://host/x", "file://elsewhere/x", ""):
            for name in ("path", "directory"):
                failure = server.fails("download", task=task["id"], **{name: place})
                self.assert_explains(failure, -32602, None, name, "file: URI")
                failure = server.fails("submit", request=CLIP, download={name: place})
                self.assert_explains(failure, -32602, None, name, "file: URI")
        self.assertEqual(list(self.place.path.glob("**/*:*")), [])

    def test_a_directory_given_as_a_path_is_refused_before_anything_is_fetched(self) -> None:
        server = self.simulated()
        task = server.submit(waitFor="completed", seconds=30)["id"]
        for path in ("videos", str(self.place.videos), "new/"):
            for overwrite in (False, True):
                failure = server.fails("download", task=task, path=path, overwrite=overwrite)
                self.assert_explains(failure, -32602, None, "is a directory", "directory instead")
            failure = server.fails("submit", request=CLIP, download={"path": path})
            self.assert_explains(failure, -32602, None, "is a directory")
        self.assertEqual([one["id"] for one in server.call("list")["tasks"]], [task])
        self.assertEqual(list(self.place.path.glob("**/*.part*")), [])

    def test_a_submit_can_deliver_by_itself(self) -> None:
        server = self.simulated("--download-dir", str(self.place.videos))
        server.call("subscribe", all=True)
        task = server.submit(waitFor="completed", seconds=30, download={"path": "mine.mp4"})
        self.assertEqual(task["state"], "completed")
        server.until(lambda: (self.place.path / "mine.mp4").exists() or None, 10, "file")
        for _ in range(2):
            done = task["videos"][0]["path"]
            told = server.until(lambda: server.notifications("task/download"), why="progress of the delivery")
            self.assertEqual([one["file"] for one in told if one["task"] == task["id"]][-1:], [done])
            task = server.submit(waitFor="completed", seconds=30, request={**CLIP, "prompt": "b"})

    def test_adopting_follows_what_the_gateway_has(self) -> None:
        server = self.simulated()
        task = server.submit(waitFor="completed", seconds=30)
        other = self.server("--simulate", "speed=200", "--journal", ":memory:")
        for nothing in ("", " ", "task_…"):
            self.assertEqual(other.fails("adopt", taskId=nothing).code, -32602)
        failure = other.fails("adopt", taskId="task_nothing")
        self.assertIn(failure.code, (404, 409), failure)
        self.assertEqual(server.call("adopt", taskId=task["taskId"])["id"], task["id"])
        second = server.submit(request={**CLIP, "prompt": "b"})
        self.assert_explains(server.fails("adopt", taskId=task["taskId"], task=second["id"]), 409, "conflict")


class Saying(Case):
    def test_the_locale_of_the_session_is_spoken(self) -> None:
        server = self.simulated()
        self.assertEqual(server.call("hello", locale="zh")["locale"], "zh")
        failure = server.fails("submit", request={**CLIP, "duration": "5"})
        self.assertRegex(failure.message, "[\u4e00-\u9fff]")
        failure = server.fails("status", task=NOBODY)
        self.assertRegex(failure.message, "[\u4e00-\u9fff]")
        models = server.call("models")["models"]
        self.assertRegex(json.dumps(models, ensure_ascii=False), "[\u4e00-\u9fff]")

    def test_models_are_told_whole(self) -> None:
        server = self.server()
        models = {one["name"]: one for one in server.call("models")["models"]}
        self.assertEqual(set(models), {"kling-v3", "kling-video-o1"})
        text = json.dumps(models["kling-v3"])
        for name in (
            "prompt",
            "negative_prompt",
            "mode",
            "duration",
            "aspect_ratio",
            "image_urls",
            "watermark",
        ):
            self.assertIn(f'"{name}"', text)
        self.assertIn("schema", text.lower())
        self.assertIn('"video_list"', json.dumps(models["kling-video-o1"]))

    def test_the_log_comes_as_notifications_when_asked_for(self) -> None:
        server = self.simulated(speed=2000)
        server.submit(waitFor="completed", seconds=30)
        self.assertEqual(server.notifications("log"), [])
        server.call("hello", logLevel="info")
        task = server.submit(waitFor="completed", seconds=30)["id"]
        lines = [one["message"] for one in server.notifications("log") if task in one["message"]]
        states = ["queued", "submitting", "submitted", "processing", "completed"]
        self.assertEqual([line.rpartition(" ")[2] for line in lines], states)
        self.assertEqual({one["level"] for one in server.notifications("log")}, {"info"})
        # Progress is for those who want to see everything, and off is off.
        server.call("hello", logLevel="debug")
        server.submit(waitFor="completed", seconds=30)
        self.assertIn("debug", {one["level"] for one in server.notifications("log")})
        server.call("hello", logLevel="off")
        before = len(server.notifications("log"))
        server.submit(waitFor="completed", seconds=30)
        self.assertEqual(len(server.notifications("log")), before)


if __name__ == "__main__":
    unittest.main()

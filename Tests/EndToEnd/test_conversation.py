"""JSON-RPC as a conversation: batches, duplicate ids, cancellation, limits; and the command line."""

from __future__ import annotations

import json
import os
import subprocess
import time
import unittest
from typing import Any

from harness import CLIP, Case, binary, encode, needs_proc

INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS, CANCELLED = -32600, -32601, -32602, -32800
MIB = 1 << 20


class Batches(Case):
    def test_a_thousand_messages_get_one_answer_with_a_thousand_responses(self) -> None:
        for framing in ("lines", "headers"):
            with self.subTest(framing=framing):
                server = self.server(framing=framing)
                batch = [
                    {"jsonrpc": "2.0", "id": number, "method": "validate", "params": {"request": CLIP}}
                    for number in range(1000)
                ]
                server.send_raw(json.dumps(batch))
                server.until(lambda s=server: len(s.messages) == 1)
                (answer,) = server.answers()
                self.assertEqual([one["id"] for one in answer], list(range(1000)))
                self.assertTrue(all(one["result"]["valid"] for one in answer))

    def test_the_largest_batch_is_taken_and_a_larger_one_refused(self) -> None:
        server = self.server()
        call = '{"jsonrpc":"2.0","id":1,"method":"shutdown"}'
        server.send_raw("[" + ",".join([call] * 10_000) + "]")
        server.send_raw("[" + ",".join([call] * 10_001) + "]")
        server.until(lambda: len(server.messages) == 2)
        taken, refused = server.answers()
        self.assertEqual(len(taken), 10_000)
        self.assertEqual(refused["error"]["code"], INVALID_REQUEST)
        self.assertIsNone(refused["id"])
        self.assertRegex(refused["error"]["message"], "10001.*10000")

    def test_what_takes_time_is_answered_with_the_rest_of_its_batch(self) -> None:
        server = self.simulated()
        task = server.submit(waitFor="queued")["id"]
        server.send_raw(
            json.dumps(
                [
                    {"jsonrpc": "2.0", "id": "w", "method": "wait", "params": {"task": task}},
                    {"jsonrpc": "2.0", "method": "validate"},
                    {"jsonrpc": "2.0", "id": "v", "method": "validate", "params": {"request": CLIP}},
                ]
            )
        )
        server.until(lambda: any(isinstance(answer, list) for answer in server.answers()), 20)
        (batch,) = (answer for answer in server.answers() if isinstance(answer, list))
        self.assertEqual({one["id"] for one in batch}, {"w", "v"})


class InFlight(Case):
    def setUp(self) -> None:
        super().setUp()
        self.one = self.simulated(speed=1)
        self.task = self.one.submit(waitFor="queued")["id"]

    def test_an_id_of_a_batch_is_taken_until_the_batch_is_answered(self) -> None:
        def call(id: int, method: str, **params: Any) -> dict[str, Any]:
            return {"jsonrpc": "2.0", "id": id, "method": method, "params": params}

        self.one.send_raw(json.dumps([call(1, "validate", request=CLIP), call(1, "validate", request=CLIP)]))
        batch = self.one.until(lambda: [one for one in self.one.answers() if isinstance(one, list)])[0]
        self.assertEqual([(one["id"], "error" in one) for one in batch], [(1, False), (None, True)])
        self.assertEqual(batch[1]["error"]["code"], -32600)

        task = self.one.submit(waitFor="queued")["id"]
        waiting = [call(11, "wait", task=task, timeoutSeconds=30), call(12, "validate", request=CLIP)]
        self.one.send_raw(json.dumps(waiting))
        self.one.send_raw(json.dumps(call(12, "hello")))
        refusal = self.one.reply(None)
        self.assertEqual(refusal["error"]["code"], -32600)
        self.one.send("$/cancelRequest", {"id": 11})
        batches = self.one.until(lambda: [one for one in self.one.answers() if isinstance(one, list)][1:])
        self.assertEqual({one["id"] for one in batches[0]}, {11, 12})
        # Answered: the id is free again.
        self.one.send("validate", {"request": CLIP}, 12)
        self.assertTrue(self.one.reply(12)["result"]["valid"])

    def test_the_ids_of_a_batch_are_free_once_it_is_answered(self) -> None:
        batch = json.dumps([{"jsonrpc": "2.0", "id": n, "method": "list"} for n in ("a", "b")])
        for number in range(300):
            before = len(self.one.answers())
            self.one.send_raw(batch)
            self.one.until(lambda n=before: len(self.one.messages) > n and len(self.one.answers()) > n)
            self.one.send("hello", {}, "a")
            reply = self.one.until(lambda n=before: self.one.answers()[n + 1 :])[0]
            self.assertIn("result", reply, f"round {number}")

    def test_a_batch_whose_answers_are_too_much_is_answered_as_far_as_there_is_room(self) -> None:
        calls = [{"jsonrpc": "2.0", "id": n, "method": "models"} for n in range(3000)]
        server = self.server()
        server.send_raw(json.dumps(calls))
        answers = server.until(lambda: server.answers()[:1], 20)[0]
        self.assertEqual([one["id"] for one in answers], list(range(3000)))
        refused = [one["error"] for one in answers if "error" in one]
        self.assertTrue(0 < len(refused) < 3000)
        self.assertEqual({one["code"] for one in refused}, {INVALID_REQUEST})
        self.assertIn("not begun", refused[0]["message"])

    def test_of_two_requests_with_one_id_a_cancellation_leaves_none_to_be_done(self) -> None:
        call = json.dumps({"jsonrpc": "2.0", "id": 9, "method": "submit", "params": {"request": CLIP}})
        cancel = json.dumps({"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": 9}})
        server = self.simulated("--journal", ":memory:")
        server.write(f"{call}\n{call}\n{cancel}\n".encode())
        server.until(lambda: len(server.answers()) == 2)
        found = [(one["id"], one["error"]["code"]) for one in server.answers()]
        self.assertEqual(found, [(9, CANCELLED), (None, INVALID_REQUEST)])
        self.assertEqual(server.call("list")["tasks"], [])

    def test_an_id_in_flight_is_refused_and_its_first_request_answered(self) -> None:
        self.one.send("wait", {"task": self.task, "timeoutSeconds": 1}, "w")
        self.one.send("hello", None, "w")
        self.one.until(lambda: [a for a in self.one.answers() if a["id"] is None])
        (refused,) = (answer for answer in self.one.answers() if answer["id"] is None)
        self.assertEqual(refused["error"]["code"], INVALID_REQUEST)
        self.assertIn("w", refused["error"]["message"])
        self.assertFalse(self.one.take("w")["done"])

    def test_a_cancellation_overtakes_and_is_answered_at_once(self) -> None:
        for id in ("w", 7, 0):
            self.one.send("wait", {"task": self.task, "timeoutSeconds": 60}, id)
        began = time.monotonic()
        for id in ("w", 7, 0):
            self.one.send("$/cancelRequest", {"id": id})
        for id in ("w", 7, 0):
            self.assertEqual(self.one.reply(id)["error"]["code"], CANCELLED)
        self.assertLess(time.monotonic() - began, 5)
        # The task goes on, and the ids are free again.
        self.assertNotIn(self.one.call("status", task=self.task)["state"], ("cancelled", "abandoned"))
        self.one.send("shutdown", None, "w")
        self.one.until(lambda: len([a for a in self.one.answers() if a["id"] == "w"]) == 2)

    def test_a_cancellation_overtakes_what_has_not_been_begun(self) -> None:
        def call(id: int, text: str) -> str:
            return json.dumps({"jsonrpc": "2.0", "id": id, "method": "validate", "params": {"text": text}})

        long = json.dumps([CLIP] * 20_000)
        cancel = json.dumps({"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": 2}})
        # The same id again, behind its cancellation, is another request.
        lines = [call(1, long), call(2, "{}"), call(3, "{}"), cancel, call(2, "{}")]
        for length in (0, 1):
            with self.subTest(first=length == 0):
                server = self.server()
                server.write("".join(line + "\n" for line in lines[length:]).encode())
                server.until(lambda s=server, n=4 - length: len(s.answers()) == n)
                found = [(one["id"], one.get("error", {}).get("code")) for one in server.answers()]
                expected = [(1, None), (2, CANCELLED), (3, None), (2, None)]
                self.assertEqual(found, expected[length:])

    def test_what_cannot_be_cancelled_is_no_matter(self) -> None:
        for params in (None, {}, {"id": "nobody"}, {"id": {}}, {"id": None}, {"id": [1]}, [1]):
            self.one.send("$/cancelRequest", params)
        before = len(self.one.answers())
        self.one.call("hello")
        self.assertEqual(len(self.one.answers()), before + 1)

    def test_a_wait_does_not_hold_up_what_comes_behind_it(self) -> None:
        self.one.send("wait", {"task": self.task, "timeoutSeconds": 60}, "w")
        began = time.monotonic()
        for _ in range(100):
            self.one.call("validate", request=CLIP)
        self.assertLess(time.monotonic() - began, 5)

    def test_a_submit_that_is_cancelled_is_not_lost(self) -> None:
        self.one.send(
            "submit",
            {"request": CLIP, "waitFor": "completed", "labels": {"a": "b"}, "timeoutSeconds": 60},
            "s",
        )
        # Begun for certain: else the cancellation may overtake it, and nothing is made.
        self.one.call("hello")
        self.one.send("$/cancelRequest", {"id": "s"})
        error = self.one.reply("s")["error"]
        self.assertEqual(error["code"], CANCELLED)
        # "Cancelled" alone would read as "not made": the task is named, and what to do about it.
        task = error["data"]["task"]
        self.assertIn(task, error["message"])
        self.assertIn("do not submit it anew", error["message"])
        self.assertEqual(error["data"]["next"], {"method": "wait", "params": {"task": task}})
        self.assertEqual(error["data"]["retry"], "never")
        tasks = self.one.call("list", labels={"a": "b"})["tasks"]
        self.assertEqual([one["id"] for one in tasks], [task])
        self.assertIn(tasks[0]["state"], ("queued", "submitting", "submitted", "processing"))


class Limits(Case):
    def test_a_message_over_the_limit_is_passed_over_in_both_framings(self) -> None:
        for framing in ("lines", "headers"):
            with self.subTest(framing=framing):
                server = self.server("--max-message", "1000", framing=framing)
                text = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "hello"})
                server.send_raw(text + " " * (1000 - len(text)))
                server.send_raw(text + " " * (1001 - len(text)))
                server.send_raw("x" * 100_000)
                server.send_raw(text.replace("1,", "2,"))
                self.assertEqual(server.reply(2)["result"]["limits"]["messageBytes"], 1000)
                first, *refused, _ = server.answers()
                self.assertIn("result", first)
                self.assertEqual(len(refused), 2)
                for one in refused:
                    self.assertIsNone(one["id"])
                    self.assertEqual(one["error"]["code"], INVALID_REQUEST)
                    self.assertIn("1000", one["error"]["message"])

    def test_the_other_limits_can_be_set_too(self) -> None:
        server = self.server("--max-depth", "4", "--max-batch", "2", "--max-header", "100", framing="headers")
        server.send_raw("[[[[]]]]")
        server.send_raw("[[[[[]]]]]")
        server.send_raw("[1,2,3]")
        limits = server.call("hello")["limits"]
        self.assertEqual((limits["depth"], limits["batch"], limits["headerBytes"]), (4, 2, 100))
        codes = [
            one[0]["error"]["code"] if isinstance(one, list) else one["error"]["code"]
            for one in server.answers()[:3]
        ]
        self.assertEqual(codes, [INVALID_REQUEST, -32700, INVALID_REQUEST])
        server.write(b"Content-Length: 2\r\nX: " + b"x" * 100 + b"\r\n\r\n{}")
        self.assertEqual(server.exit(), 1)

    def test_as_deep_as_may_be_asked_for_is_no_danger(self) -> None:
        server = self.server("--max-depth", "10000")
        deep = "[" * 9990 + "]" * 9990
        for method in ("validate", "submit", "hello"):
            head = f'{{"jsonrpc":"2.0","id":1,"method":"{method}","params":{{"request":{{"a":'
            server.send_raw(head + deep + "}}}")
        server.until(lambda: len(server.answers()) == 3)
        text = json.dumps({"jsonrpc": "2.0", "id": 2, "method": "validate", "params": {"text": deep}})
        server.send_raw(text)
        self.assertIn("result", server.reply(2))

    @needs_proc
    def test_a_message_full_of_problems_is_answered_within_bounds(self) -> None:
        """What is wrong a hundred thousand times is said a thousand times, and that it is."""
        many = {**CLIP, "image_urls": [0] * 400_000}
        doubles = "{" + '"prompt":"a",' * 50_000 + '"model":"kling-v3"}'
        unknown = {**CLIP, **{f"m{n}": 1 for n in range(200_000)}}
        bad = json.dumps([{**CLIP, "duration": "6"}] * 20_000)
        broken = "[" + "," * 9000
        for number, params in enumerate(
            [{"request": many}, {"text": doubles}, {"request": unknown}, {"text": bad}, {"text": broken}]
        ):
            with self.subTest(number):
                server = self.server()
                base = server.call("validate", request=CLIP) and server.peak_memory()
                call = json.dumps({"jsonrpc": "2.0", "id": 7, "method": "validate", "params": params})
                server.write_beside(call.encode() + b"\n")
                result = server.reply(7, 30)["result"]
                last = result["diagnostics"][-1]
                self.assertEqual(last["code"], "document.moreProblems")
                self.assertGreater(int(last["message"].split()[0]), 1000)
                # Only advice is left out of the third: the request is still right.
                self.assertEqual(result["valid"], number == 2)
                self.assertEqual(last["severity"], "warning" if number == 2 else "error")
                self.assertLess(server.peak_memory() - base, 10 * len(call) + 8 * MIB)

    @needs_proc
    def test_64_mib_are_handled_and_65_refused_within_bounds(self) -> None:
        head = b'{"jsonrpc":"2.0","id":"large","method":"validate","params":{"request":{"model":"kling-v3",'
        head, tail = head + b'"prompt":"', b'"}}}'
        large = head + b"x" * (64 * MIB - len(head) - len(tail)) + tail
        over = head + b"x" * (65 * MIB) + tail
        for framing in ("lines", "headers"):
            with self.subTest(framing=framing):
                server = self.server(framing=framing)
                server.widen()
                server.write_beside(encode(over, framing) + encode(large, framing))
                reply = server.reply("large", 60)
                self.assertIn("result", reply, str(reply)[:300])
                self.assertIn("prompt.length", [one["code"] for one in reply["result"]["diagnostics"]])
                refused = json.loads(server.messages[0])
                self.assertIsNone(refused["id"])
                self.assertEqual(refused["error"]["code"], INVALID_REQUEST)
                self.assertRegex(refused["error"]["message"], "67108864|64 MiB")
                self.assertLess(server.peak_memory(), 10 * 64 * MIB)
                self.assertTrue(server.call("validate", request=CLIP)["valid"])

    @needs_proc
    def test_a_message_of_millions_of_values_is_refused_and_cheap(self) -> None:
        server = self.server()
        head = b'{"jsonrpc":"2.0","id":1,"method":"validate","params":{"request":{"model":"kling-v3",'
        message = head + b'"prompt":"x","a":[' + b"0," * (8 * MIB) + b"0]}}}"
        server.widen()
        server.write_beside(message + b"\n" + b'{"jsonrpc":"2.0","id":2,"method":"hello"}\n')
        self.assertIn("result", server.reply(2, 60))
        refused = json.loads(server.messages[0])
        self.assertIsNone(refused["id"])
        self.assertEqual(refused["error"]["code"], INVALID_REQUEST)
        self.assertIn("1000000 values", refused["error"]["message"])
        # The bound is for the message; what the process has anyway is not its doing.
        self.assertLess(server.peak_memory(), 10 * len(message) + 16 * MIB)

    @needs_proc
    def test_a_length_that_is_only_declared_costs_nothing(self) -> None:
        server = self.server(framing="headers")
        server.call("hello")
        before = server.peak_memory()
        server.write(b"Content-Length: 67108864\r\n\r\n{")
        server.write(b" " * 1000)
        with self.assertRaises(AssertionError):
            server.until(lambda: len(server.messages) > 1, 0.3)
        self.assertLess(server.peak_memory(), before + 4 * MIB)

    @needs_proc
    def test_a_million_cancellations_are_nothing(self) -> None:
        server = self.server()
        server.call("hello")
        before, cpu = server.peak_memory(), server.cpu_seconds()
        line = b'{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":%d}}\n'
        for start in range(0, 1_000_000, 10_000):
            server.write(b"".join(line % number for number in range(start, start + 10_000)))
        server.call("validate", 30, request=CLIP)
        self.assertLess(server.peak_memory(), before + 16 * MIB)
        self.assertLess(server.cpu_seconds() - cpu, 10)


class Methods(Case):
    def test_what_is_unknown_is_refused_with_the_nearest_known_name(self) -> None:
        server = self.server()
        for method, nearest in (("valdate", "validate"), ("Hello", "hello"), ("sumbit", "submit")):
            self.assert_explains(server.fails(method), METHOD_NOT_FOUND, None, nearest)
        self.assert_explains(server.fails("validate", requst=CLIP), INVALID_PARAMS, None, "requst", "request")
        self.assert_explains(
            server.fails("wait", task="x", timeout=3), INVALID_PARAMS, None, "timeoutSeconds"
        )
        self.assert_explains(server.fails("hello", locale="fr"), INVALID_PARAMS, None, "en", "zh")

    def test_what_is_missing_or_of_the_wrong_kind_is_named(self) -> None:
        server = self.server()
        for method, params, word in (
            ("validate", {}, "request"),
            ("validate", {"request": CLIP, "text": "{}"}, "only one"),
            ("validate", {"request": []}, "request"),
            ("validate", {"text": 5}, "text"),
            ("validate", {"text": "{}", "languageId": "yaml"}, "languageId"),
            ("validate", {"request": CLIP, "strict": "yes"}, "strict"),
            ("validate", {"request": CLIP, "severities": {"mode.value": "fatal"}}, "severities"),
            ("validate", {"uri": "https://example.com/a.json"}, "uri"),
            ("validate", {"uri": str(self.place.path / "none.json")}, "none.json"),
            ("validate", {"uri": str(self.place.path)}, "file"),
            ("submit", {}, "request"),
            ("submit", {"request": CLIP, "waitFor": "soon"}, "waitFor"),
            ("submit", {"request": CLIP, "idempotencyKey": ""}, "idempotencyKey"),
            ("submit", {"request": CLIP, "idempotencyKey": "ä"}, "idempotencyKey"),
            ("submit", {"request": CLIP, "idempotencyKey": "k" * 192}, "idempotencyKey"),
            ("submit", {"request": CLIP, "timeoutSeconds": -1}, "timeoutSeconds"),
            ("submit", {"request": CLIP, "timeoutSeconds": "1"}, "timeoutSeconds"),
            ("submit", {"request": CLIP, "labels": {"a": 1}}, "labels"),
            ("submit", {"request": CLIP, "download": {"folder": "x"}}, "download"),
            ("status", {}, "task"),
            ("status", {"task": 7}, "task"),
            ("wait", {}, "task"),
            ("wait", {"task": "a", "tasks": ["b"]}, "only one"),
            ("wait", {"tasks": "a"}, "tasks"),
            ("subscribe", {}, "all"),
            ("subscribe", {"all": False}, "all"),
            ("subscribe", {"all": True, "task": "x"}, "one"),
            ("subscribe", {"all": True, "since": -1}, "since"),
            ("unsubscribe", {}, "subscription"),
            ("list", {"limit": 0}, "limit"),
            ("list", {"limit": 501}, "limit"),
            ("list", {"states": ["done"]}, "states"),
            ("list", {"cursor": "next"}, "cursor"),
            ("cancel", {}, "task"),
            ("adopt", {}, "taskId"),
            ("download", {}, "task"),
            ("download", {"task": "x", "path": "a", "directory": "b"}, "only one"),
            ("hello", {"options": {"colour": "red"}}, "colour"),
            ("hello", {"options": {"max_activ": 2}}, "did you mean maxActive"),
            ("hello", {"options": {"downloadDirectory": "x"}}, "did you mean downloadDir"),
            ("hello", {"options": {"maxActive": 0}}, "maxActive must be a whole number from 1 to 1000"),
            ("hello", {"options": {"budget": "much"}}, "budget must be .*20/day.* not \"much\""),
            ("hello", {"options": {"strict": "yes"}}, "strict must be true or false"),
            ("hello", {"options": {"locale": "fr"}}, "locale must be en or zh"),
            ("hello", {"options": {"severities": {"mode.value": "loud"}}}, "severities must be .*hint"),
            ("hello", {"options": {"severities": {"mode.valu": "off"}}}, "did you mean mode.value"),
            ("hello", {"options": {"downloadDir": ""}}, "downloadDir must be a directory"),
            ("hello", {"options": {"downloadDir": "https://host/x"}}, "downloadDir must be a directory"),
        ):
            with self.subTest(method=method, params=params):
                self.assert_explains(server.fails(method, **params), INVALID_PARAMS, None, word)
        self.assertFalse(self.place.journal.exists(), "a refused call has opened the journal")

    def test_shutdown_and_exit_end_the_process_with_success(self) -> None:
        server = self.server()
        self.assertIsNone(server.call("shutdown"))
        server.send("exit")
        self.assertEqual(server.exit(), 0)


class CommandLine(Case):
    def run_it(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [binary(), *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=20,
            env=self.place.environment(**more),
            cwd=self.place.path,
            check=False,
        )

    def test_version_and_help_are_printed(self) -> None:
        self.assertRegex(self.run_it("--version").stdout, r"^kling-server \d+\.\d+\.\d+\n$")
        shown = self.run_it("--help")
        self.assertEqual(shown.returncode, 0)
        for word in (
            "check",
            "--gateway",
            "--simulate",
            "--journal",
            "--max-active",
            "--budget",
            "KLING_API_KEY",
        ):
            self.assertIn(word, shown.stdout)
        self.assertTrue(all(len(line) <= 120 for line in shown.stdout.splitlines()))

    def test_misuse_ends_with_2_and_a_sentence(self) -> None:
        for arguments, word in (
            (["--simulat"], "--simulate"),
            (["srve"], "serve"),
            (["--max-active", "0"], "1 to 1000"),
            (["--max-active"], "needs a value"),
            (["--budget", "lots"], "20/day"),
            (["--locale", "fr"], "zh"),
            (["--framing", "xml"], "lines"),
            (["--gateway", "ftp://example.com"], "Write https://"),
            (["--gateway", "https://"], "--gateway"),
            (["--gateway", "http://example.com"], "--gateway"),
            (["--simulate", "speed=fast"], "--simulate"),
            (["--simulate", "sped=10"], "speed"),
            (["--version=1"], "no value"),
            (["check"], "file"),
            (["serve", "extra"], "extra"),
        ):
            with self.subTest(arguments=arguments):
                run = self.run_it(*arguments)
                self.assertEqual(run.returncode, 2, run)
                self.assertEqual(run.stdout, "")
                self.assertIn(word, run.stderr)

    def test_check_says_what_is_wrong_with_files(self) -> None:
        good, bad = self.place.path / "good.json", self.place.path / "bad.json"
        good.write_text(json.dumps(CLIP))
        bad.write_text('{\n  "model": "kling-v3",\n  "prompt": "A cat",\n  "duration": "5"\n}\n')
        self.assertEqual(self.run_it("check", str(good)).returncode, 0)
        run = self.run_it("check", str(good), str(bad))
        self.assertEqual(run.returncode, 1)
        self.assertRegex(run.stdout, r"bad\.json:4:15: error: .*quotes.*\[duration\.quoted\]")
        run = self.run_it("check", "--format", "json", str(good), str(bad))
        report = json.loads(run.stdout)["files"]
        self.assertEqual([one["valid"] for one in report], [True, False])
        self.assertEqual(report[1]["diagnostics"][0]["range"]["start"], {"line": 3, "character": 14})
        self.assertEqual(self.run_it("check", "none.json").returncode, 2)
        self.assertEqual(self.run_it("check", "-").returncode, 1)

    def test_the_command_line_wins_over_hello_which_wins_over_the_environment(self) -> None:
        server = self.server("--locale", "zh")
        self.assertEqual(server.call("hello", locale="en")["locale"], "zh")
        server = self.server(env={"KLING_SIMULATE": "1"})
        self.assertTrue(server.call("hello")["gateway"]["simulated"])
        server = self.server(env={"KLING_GATEWAY": "http://127.0.0.1:9/v1/"})
        gateway = server.call("hello")["gateway"]
        self.assertEqual(gateway, {"url": "http://127.0.0.1:9", "simulated": False})

    def test_a_gateway_of_one_bare_word_is_warned_of(self) -> None:
        server = self.server("--gateway", "nonsense")
        self.assertEqual(server.call("hello")["gateway"]["url"], "https://nonsense")
        self.assertIn("\"nonsense\" has no dot", server.log())
        server = self.server("--gateway", "http://localhost:9")
        server.call("hello")
        self.assertEqual(server.log(), "")

    def test_null_takes_an_option_back_to_where_it_began(self) -> None:
        server = self.simulated("--locale", "en")
        request = {**CLIP, "mode": "ultra"}
        folder = self.place.path / "elsewhere"
        server.call(
            "hello",
            options={
                "downloadDir": folder.as_uri(),
                "severities": {"mode.value": "off", "prompt.missing": "off"},
                "strict": True,
                "maxActive": 1,
                "budget": "0/day",
            },
        )
        self.assertEqual(server.fails("submit", request=CLIP).code, 429)
        options = dict.fromkeys(("downloadDir", "severities", "strict", "maxActive", "budget", "locale"))
        self.assertEqual(server.call("hello", options=options)["locale"], "en")
        self.assertEqual(server.submit(waitFor="completed", seconds=30)["videos"][0].get("path"), None)
        self.assertFalse(folder.exists())
        self.assertFalse(server.call("validate", request=request)["valid"])

    def test_a_key_never_shows(self) -> None:
        secret = "sk-" + os.urandom(12).hex()
        server = self.server(
            "--gateway", "http://127.0.0.1:9", "--log-level", "debug", env={"KLING_API_KEY": secret}
        )
        preview = server.call("submit", request=CLIP, dryRun=True)
        self.assertIn("Authorization", preview["headers"])
        server.ask("submit", {"request": CLIP, "timeoutSeconds": 0.2})
        server.call("hello", logLevel="debug")
        server.finish(30)
        seen = b"\n".join(server.messages).decode() + server.log()
        for file in self.place.path.rglob("*"):
            if file.is_file():
                seen += file.read_bytes().decode("latin-1")
        self.assertNotIn(secret, seen)


if __name__ == "__main__":
    unittest.main()

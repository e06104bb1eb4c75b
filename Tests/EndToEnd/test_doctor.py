"""`kling-server doctor`: key, gateway, clock and network; what is, whether it is well, what to do."""

from __future__ import annotations

import re
import shutil
import signal
import socket
import time
import unittest
from typing import Any

from doctor_case import KEY, DoctorCase, web_server
from harness import CLIP, LINUX, ROOT

from certificate import certificate
from gateway import Gateway

DAY = 86_400


class Well(DoctorCase):
    def test_a_new_user_with_a_key_is_well_and_nothing_is_made(self) -> None:
        with Gateway(speed=0, clock_offset=0) as gateway:
            before = self.files()
            found = self.report("--gateway", gateway.url, status=0)
            self.assertEqual(self.files(), before)
            self.assertEqual((gateway.create_requests, gateway.reads), (0, 1))
        self.assertTrue(found["access"][0]["facts"]["accepted"])
        self.assertEqual(found["key"][0]["facts"]["source"], "KLING_API_KEY")
        self.assertLessEqual(abs(found["clock"][0]["facts"]["offsetSeconds"]), 2)
        self.assertRegex(found["libcurl"][0]["facts"]["version"], r"^libcurl/\d")
        self.assertTrue(found["libcurl"][0]["facts"]["tls"])
        self.assertFalse(found["journal"][0]["facts"]["exists"])
        self.assertTrue(found["output"][0]["facts"]["protected"])
        page = (ROOT / "protocol" / "README.md").read_text()
        named = re.search(r"`subject` is (.*?), and may come twice", page, re.S)
        assert named, "the subjects are not published"
        self.assertEqual(set(re.findall(r"`(\w+)`", named[1])), {*found, "tasks"})

    def test_with_the_simulator_it_needs_no_key_and_no_network(self) -> None:
        self.made()
        before = self.files()
        found = self.report("--simulate", "speed=9,fault=stuck", status=0, env={"KLING_API_KEY": None})
        self.assertEqual(self.files(), before, "looking has changed something")
        self.assertTrue(found["gateway"][0]["facts"]["simulated"])
        journal = found["journal"][0]
        self.assertEqual((journal["facts"]["simulated"], journal["facts"]["intact"]), (True, True))
        self.assertIn(f"format {journal['facts']['version']}.", journal["message"])
        self.assertIn("1 simulated task,", journal["message"])

    def test_while_another_process_works_with_the_journal(self) -> None:
        server = self.simulated(speed=1)
        server.submit()
        task = server.submit(request={**CLIP, "prompt": "another"})["id"]
        found = self.report("--simulate", status=0)
        self.assertEqual(found["tasks"][0]["facts"]["unfinished"], 2)
        self.assertTrue(found["journal"][0]["facts"]["intact"])
        self.assertEqual(server.call("status", task=task)["state"], "submitted")
        server.kill(signal.SIGKILL)
        server.exit()
        # What a dead process has left in its log counts too.
        self.assertEqual(self.report("--simulate", status=0)["tasks"][0]["facts"]["unfinished"], 2)

    def test_tasks_that_may_be_paid_for_are_named(self) -> None:
        with self.server("--simulate", "speed=500,fault=reset-after-accept") as server:
            self.assertEqual(server.submit()["state"], "unconfirmed")
            server.finish()
        found = self.report("--simulate", status=0)
        self.assertEqual([one["status"] for one in found["tasks"]], ["ok", "warning"])
        self.assertIn("adopt", found["tasks"][1]["advice"])

    def test_the_report_is_for_people_in_both_languages(self) -> None:
        for locale, words in (("en", "No problems, no warnings."), ("zh", "0 个问题，0 个警告。")):
            run = self.run_doctor("--simulate", "--locale", locale)
            self.assertEqual((run.returncode, run.stderr), (0, ""))
            self.assertEqual(run.stdout.splitlines()[-1], words)
            self.assertNotIn("\x1b", run.stdout)
            colored = self.run_doctor("--simulate", "--locale", locale, env={"FORCE_COLOR": "1"})
            self.assertIn("\x1b[32m", colored.stdout)
            self.assertEqual(re.sub(r"\x1b\[[0-9;]*m", "", colored.stdout), run.stdout)

    def test_a_wrong_call_is_told_with_status_2(self) -> None:
        calls = (("file",), ("--format", "sarif"), ("--gateway", "http://a.test"), ("--simulate=x",))
        for arguments in calls:
            run = self.run_doctor(*arguments)
            self.assertEqual((run.returncode, run.stdout), (2, ""), arguments)
            self.assertTrue(run.stderr)


class Keys(DoctorCase):
    def setUp(self) -> None:
        super().setUp()
        self.gateway = Gateway(speed=0, key=KEY).start()
        self.addCleanup(self.gateway.stop)
        self.file = self.place.path / "key"

    def with_file(self, text: str, mode: int = 0o600, **env: str) -> dict[str, list[Any]]:
        self.file.write_text(text)
        self.file.chmod(mode)
        return self.report("--gateway", self.gateway.url, "--api-key-file", str(self.file), env=env)

    def test_no_key(self) -> None:
        found = self.report("--gateway", self.gateway.url, env={})
        self.only_problem(found, "key", "no API key", "xcompute.us/keys", "KLING_API_KEY")
        self.assertNotIn("access", found)

    def test_a_line_end_behind_it_does_no_harm(self) -> None:
        for text in (KEY, KEY + "\n", f"  {KEY}\r\n\n"):
            found = self.with_file(text)
            self.assertEqual([one["status"] for one in found["key"]], ["ok"])
            self.assertEqual(found["key"][0]["facts"]["characters"], len(KEY))
            self.assertEqual(found["key"][0]["facts"]["spaceAround"], text != KEY)
            self.assertTrue(found["access"][0]["facts"]["accepted"])

    def test_what_is_no_key(self) -> None:
        for text, words in (
            (f"{KEY}\n{KEY}\n", "has a second line"),
            ("\n", "is empty"),
            (f"Bearer {KEY}", 'begins with "Bearer"'),
            ("two words", "such as a space"),
            ("schlüssel", "such as a space"),
        ):
            with self.subTest(text=text):
                self.only_problem(self.with_file(text), "key", words)
                found = self.report("--gateway", self.gateway.url, env={"KLING_API_KEY": text or None})
                self.only_problem(found, "key")

    def test_a_key_in_quotes_is_seen(self) -> None:
        found = self.with_file(f'"{KEY}"')
        self.assertIn("quotes", found["key"][0]["message"])
        self.only_problem(found, "access", "does not accept")

    def test_a_file_that_others_may_read(self) -> None:
        for mode in (0o640, 0o604, 0o620):
            found = self.with_file(KEY, mode)
            self.assertEqual([one["status"] for one in found["key"]], ["ok", "warning"])
            self.assertIn(f"mode {mode:o}", found["key"][1]["message"])
            self.assertIn(f"chmod 600 {self.file}", found["key"][1]["advice"])

    def test_a_file_that_is_not_there(self) -> None:
        found = self.report(
            "--gateway", self.gateway.url, env={"KLING_API_KEY_FILE": str(self.place.path / "none")}
        )
        self.only_problem(found, "key", "cannot be read: No such file", "--api-key-file")

    def test_two_keys(self) -> None:
        found = self.with_file(KEY, KLING_API_KEY="sk-another")
        self.assertEqual(found["key"][1]["status"], "warning")
        self.assertIn("is not used", found["key"][1]["message"])

    def test_serving_warns_of_a_file_that_others_may_read(self) -> None:
        self.file.write_text(KEY + "\n")
        cases = ((0o644, "en", "chmod 600"), (0o644, "zh", "请收回权限"), (0o600, "en", ""))
        for mode, locale, words in cases:
            self.file.chmod(mode)
            arguments = ("--gateway", self.gateway.url, "--api-key-file", str(self.file), "--locale", locale)
            server = self.server(*arguments, "--journal", ":memory:")
            self.assertTrue(server.submit()["taskId"])
            server.finish()
            self.assertRegex(server.log(), words or "^$")
            self.assertNotIn(KEY, server.log())


class Gateways(DoctorCase):
    def test_the_key_is_refused(self) -> None:
        with Gateway(speed=0, key="another") as gateway:
            found = self.report("--gateway", gateway.url)
            self.only_problem(found, "access", "does not accept the API key", "keys")
            self.assertFalse(found["access"][0]["facts"]["accepted"])
            self.assertEqual(gateway.create_requests, 0)

    def test_what_it_says_instead(self) -> None:
        for fault, kind, words in (
            ("401:message=bad+" + KEY, "authentication_error", "does not accept"),
            ("403", "permission_error", "may not do this"),
            ("500", "server_error", "trouble of its own"),
            ("502", "bad_gateway", "trouble of its own"),
            ("503", "unreachable", "trouble of its own"),
            ("html-error", "bad_gateway", 'does not speak as.*"502 Bad Gateway"'),
            ("html-error:status=200", "bad_gateway", "does not speak as"),
            ("html-error:status=404", "bad_gateway", "does not speak as"),
            ("html-error:status=405", "bad_gateway", "does not speak as"),
            ("garbage-200", "bad_gateway", "does not speak as"),
            ("redirect:to=https%3A//elsewhere.test/x", "bad_gateway", "redirects to https://elsewhere.test/x"),
            ("truncated-body", "bad_gateway", "does not speak as"),
        ):
            with self.subTest(fault=fault), Gateway(speed=0, faults=[f"{fault}:on=read"]) as gateway:
                problem = self.only_problem(self.report("--gateway", gateway.url), "access", words)
                self.assertEqual(problem["facts"]["type"], kind)
                run = self.run_doctor("--gateway", gateway.url, "--locale", "zh")
                self.assertIn("1 个问题", run.stdout)

    def test_json_of_another_web_server_is_not_taken_for_the_gateways(self) -> None:
        missing = '"timestamp":"2026-11-20T21:00:00Z","status":404,"error":"Not Found","path":"/v1/tasks/x"'
        for status, body, words in (
            (404, '{"detail":"Not Found"}', 'It said: "Not Found"'),
            (404, f"{{{missing}}}", 'It said: "Not Found"'),
            (404, '{"error":"not found"}', 'It said: "not found"'),
            (404, '{"error":{"code":404,"message":"gone","status":"NOT_FOUND"}}', 'It said: "gone"'),
            (404, '{"error":{"code":"","message":"gone","type":"not_found_error"}}', 'It said: "gone"'),
            (404, '{"code":404,"message":"gone","type":"not_found_error"}', 'It said: "gone"'),
            (400, '{"message":"bad"}', 'It said: "bad"'),
            (502, '{"message":"Bad Gateway"}', 'It said: "Bad Gateway"'),
            (405, '{"detail":"Method Not Allowed"}', 'It said: "Method Not Allowed"'),
            (422, '{"detail":[{"msg":"bad"}]}', "JSON"),
            (200, '{"status":"success"}', "JSON"),
            (200, '{"code":200,"data":{"id":"x","status":"completed"}}', "JSON"),
        ):
            with self.subTest(status=status, body=body), web_server(status, body) as url:
                found = self.report("--gateway", url)
                problem = self.only_problem(found, "access", "JSON that is not the gateway's", words)
                self.assertIn("Check --gateway", problem["advice"])
                self.assertNotIn("accepted", problem["facts"])
                run = self.run_doctor("--gateway", url, "--locale", "zh")
                self.assertIn("不是网关对未知任务的应答", run.stdout)

    def test_the_gateways_own_word_for_an_unknown_task_is_vouched_for(self) -> None:
        variants: list[dict[str, Any]] = [{"unknown_task": 400}, {"shape": "flat"}, {"key": KEY}]
        for options in variants:
            with self.subTest(**options), Gateway(speed=0, **options) as gateway:
                found = self.report("--gateway", gateway.url, status=0)
                self.assertEqual(found["access"][0]["facts"], {"accepted": True})

    def test_too_many_requests_is_only_a_warning(self) -> None:
        with Gateway(speed=0, faults=["429:on=read"]) as gateway:
            found = self.report("--gateway", gateway.url, status=0)
            self.assertEqual(found["access"][0]["status"], "warning")

    def test_nobody_listens(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{free.getsockname()[1]}"
            problem = self.only_problem(self.report("--gateway", url), "gateway", "cannot be reached")
        self.assertEqual(problem["facts"]["type"], "unreachable")

    def test_somebody_accepts_and_never_answers(self) -> None:
        with socket.socket() as mute:
            mute.bind(("127.0.0.1", 0))
            mute.listen(8)
            address = f"127.0.0.1:{mute.getsockname()[1]}"
            for scheme, words in (
                ("http", "was asked, but does not answer within {} s"),
                ("https", "No secure connection to .* within {} s"),
            ):
                with self.subTest(scheme=scheme):
                    start = time.monotonic()
                    found = self.report("--gateway", f"{scheme}://{address}")
                    passed = time.monotonic() - start
                    problem = self.only_problem(found, "gateway", words.format(r"\d+"))
                    said = int(re.findall(r"within (\d+) s", problem["message"])[0])
                    self.assertAlmostEqual(said, passed, delta=2)
                    self.assertEqual(problem["facts"]["type"], "timeout")
                    self.assertEqual(problem["facts"]["reachable"], scheme == "http")

    def test_somebody_accepts_and_hangs_up(self) -> None:
        with Gateway(speed=0, faults=["reset-at-connect"]) as gateway:
            problem = self.only_problem(self.report("--gateway", gateway.url), "gateway", "does not answer")
            self.assertTrue(problem["facts"]["reachable"])

    def test_the_certificate_does_not_fit(self) -> None:
        if not shutil.which("openssl"):
            self.skipTest("no openssl to make a certificate with")
        for address in ("127.0.0.1", "127.0.0.9"):
            with Gateway(speed=0, tls=certificate(self.place.path, address)) as gateway:
                env: dict[str, str | None] = {"KLING_API_KEY": KEY}
                if address != "127.0.0.1":
                    env["SSL_CERT_FILE"] = str(self.place.path / f"{address}.crt")
                found = self.report("--gateway", gateway.url, env=env)
                self.only_problem(found, "gateway", "(?i)certificate|ssl", "not trusted, so no key is sent")
                self.assertEqual(gateway.reads, 0)

    def test_the_clock_is_off(self) -> None:
        for offset, status, words in (
            (DAY, "problem", r"1 d 0 h behind|23 h 59 min behind"),
            (-DAY, "problem", "1 d 0 h ahead of|23 h 59 min ahead of"),
            (3700, "problem", "1 h 1 min behind"),
            (-90, "warning", "1 min ahead of"),
            (10, "ok", "agrees"),
        ):
            with self.subTest(offset=offset), Gateway(speed=0, clock_offset=offset) as gateway:
                (clock,) = self.report("--gateway", gateway.url)["clock"]
                self.assertEqual(clock["status"], status, clock)
                self.assertRegex(clock["message"], words)
                self.assertAlmostEqual(clock["facts"]["offsetSeconds"], -offset, delta=3)

    def test_the_proxy_in_force(self) -> None:
        # A name that no resolver knows: what happens shows whether the proxy was asked.
        with socket.socket() as mute:
            mute.bind(("127.0.0.1", 0))
            proxy = f"http://user:{KEY}@127.0.0.1:{mute.getsockname()[1]}"
            env = {"KLING_API_KEY": KEY, "https_proxy": proxy}
            found = self.report("--gateway", "https://kling.invalid", env=env)
            self.only_problem(found, "gateway", "cannot be reached")
            self.assertEqual(found["proxy"][0]["facts"]["proxy"], proxy.replace(f"user:{KEY}@", ""))
            with Gateway(speed=0) as gateway:
                found = self.report("--gateway", gateway.url, env=env, status=0)
            self.assertIsNone(found["proxy"][0]["facts"]["proxy"])
            self.assertIn("not for this gateway", found["proxy"][0]["message"])

    def test_a_warning_about_the_address(self) -> None:
        env = {"KLING_API_KEY": KEY, "https_proxy": "http://127.0.0.1:1"}
        found = self.report("--gateway", "https://api.xcompute.us", env=env)
        self.assertEqual([one["status"] for one in found["gateway"]], ["warning", "problem"])

    def test_no_libcurl(self) -> None:
        if not LINUX:
            self.skipTest("hides libcurl by LD_LIBRARY_PATH")
        for name in ("libcurl.so.4", "libcurl-gnutls.so.4", "libcurl-nss.so.4"):
            (self.place.path / name).write_bytes(b"no library")
        env = {"KLING_API_KEY": KEY, "LD_LIBRARY_PATH": str(self.place.path)}
        found = self.report("--gateway", "http://127.0.0.1:1", env=env)
        self.assertEqual(found["libcurl"][0]["status"], "problem")
        self.assertIn("libcurl4", found["libcurl"][0]["advice"])


if __name__ == "__main__":
    unittest.main()

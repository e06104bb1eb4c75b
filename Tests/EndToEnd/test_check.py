"""`kling-server check` from outside: which files, what hinders it, how far it is, and what is mended."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import stat
import subprocess
import threading
import time
import unittest
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from check_case import BAD, GOOD, IS_ROOT, MENDED, WARNED, CheckCase, names_in
from harness import CLIP, LINUX, binary, wait_for


class Files(CheckCase):
    def test_files_directories_and_patterns(self) -> None:
        for name in (
            "a.kling.json",
            "b.kling.jsonc",
            "c.kling.jsonl",
            "other.json",
            "sub/d.kling.json",
            "sub/deep/E.KLING.JSON",
            "sub/x1.json",
            "sub/x2.json",
            "sub/deep/x3.json",
            ".hidden/h.kling.json",
            "node_modules/m.kling.json",
        ):
            self.path(name)
        tree = ["a.kling.json", "b.kling.jsonc", "c.kling.jsonl", "sub/d.kling.json", "sub/deep/E.KLING.JSON"]
        for arguments, expected in (
            (["."], tree),
            ([str(self.place.path)], [f"{self.place.path}/{name}" for name in tree]),
            (["sub"], tree[3:]),
            (["sub/"], tree[3:]),
            (["other.json", "a.kling.json"], ["other.json", "a.kling.json"]),
            (["other.json", "other.json"], ["other.json"]),
            (["*.json"], ["a.kling.json", "other.json"]),
            (["./*.json"], ["./a.kling.json", "./other.json"]),
            (
                ["**/*.json"],
                [
                    "a.kling.json",
                    "other.json",
                    "sub/d.kling.json",
                    "sub/x1.json",
                    "sub/x2.json",
                    "sub/deep/x3.json",
                ],
            ),
            (
                ["sub/**"],
                [
                    "sub/d.kling.json",
                    "sub/x1.json",
                    "sub/x2.json",
                    "sub/deep/E.KLING.JSON",
                    "sub/deep/x3.json",
                ],
            ),
            (["**/**/x3.json"], ["sub/deep/x3.json"]),
            (["sub/x?.json"], ["sub/x1.json", "sub/x2.json"]),
            (["sub/x[2-9].json"], ["sub/x2.json"]),
            (["sub/x[!2].json"], ["sub/x1.json"]),
            (["s*/x1.json", "sub/x1.json"], ["sub/x1.json"]),
            (["sub/deep/../x1.json"], ["sub/deep/../x1.json"]),
        ):
            with self.subTest(arguments=arguments):
                found = self.names(*arguments)
                if "**" in arguments[0]:
                    self.assertEqual(sorted(found), sorted(expected))
                else:
                    self.assertEqual(found, expected)

    def test_what_follows_two_dashes_is_a_file(self) -> None:
        self.path("--fix", BAD)
        run = self.run_check("--format", "json", "--", "--fix")
        self.assertEqual([one["path"] for one in json.loads(run.stdout)["files"]], ["--fix"])

    def test_a_name_that_looks_like_a_pattern_is_a_name_first(self) -> None:
        self.path("x[1].json")
        self.path("x1.json", BAD)
        self.assertEqual(self.names("x[1].json"), ["x[1].json"])

    def test_what_means_no_file_is_misuse(self) -> None:
        (self.place.path / "empty").mkdir()
        for argument, words in (
            ("empty", "empty holds no file"),
            ("*.none", "no file matches"),
            ("no/**", "no/**"),
        ):
            run = self.run_check(argument)
            self.assertEqual((run.returncode, run.stdout), (2, b""))
            self.assertIn(words, run.stderr.decode())

    def test_options_of_check(self) -> None:
        path = str(self.path("bad.json", BAD))
        for arguments, words in (
            (["--severities", "x"], "no option --severities"),
            (["--format", "xml"], "text, json, sarif or github"),
            (["--language", "yaml"], "json, jsonc or jsonl"),
            (["--severity", "prompt.language"], "a code, = and"),
            (["--severity", "prompt.langauge=hint"], "did you mean prompt.language?"),
            (["--severity", "syntax.comment=off"], "syntax.comment stays an error"),
            (["--fix=yes"], "no value"),
            (["--fixx"], "--fix"),
        ):
            with self.subTest(arguments=arguments):
                run = self.run_check(path, *arguments)
                self.assertEqual((run.returncode, run.stdout), (2, b""))
                self.assertIn(words, run.stderr.decode())
        help_text = subprocess.run([binary(), "--help"], capture_output=True, text=True, check=True).stdout
        for option in ("--format", "--fix", "--language", "--strict", "--locale", "--severity"):
            self.assertIn(option, help_text)

    def test_levels_by_code(self) -> None:
        chinese = self.path("zh.json", '{"model":"kling-v3","prompt":"一只猫在草地上奔跑"}')
        self.assertEqual(self.run_check(str(chinese)).returncode, 0)
        self.assertNotIn(b"prompt.language", self.run_check(str(chinese)).stdout)
        run = self.run_check(str(chinese), "--severity", "prompt.language=error")
        self.assertEqual(run.returncode, 1)
        self.assertIn(b"error: ", run.stdout)
        self.assertIn(b"prompt.language", run.stdout)
        warned = self.path("warned.json", WARNED)
        run = self.run_check(str(warned), "--strict", "--severity=parameter.unknown=off")
        self.assertEqual(run.returncode, 0, run.stdout)

    def test_exit_codes(self) -> None:
        good, bad, warned = (
            self.path("good.json"),
            self.path("bad.json", BAD),
            self.path("warned.json", WARNED),
        )
        for arguments, status in (
            ([good], 0),
            ([bad], 1),
            ([good, bad], 1),
            ([warned], 0),
            ([warned, "--strict"], 1),
            ([good, "--strict"], 0),
            (["nowhere.json"], 2),
            ([bad, "nowhere.json"], 2),
            ([], 2),
        ):
            for format in ("text", "json", "sarif", "github"):
                with self.subTest(arguments=arguments, format=format):
                    run = self.run_check(*map(str, arguments), "--format", format)
                    self.assertEqual(run.returncode, status, run)

    def test_the_report_is_in_the_order_of_the_files_whatever_ends_first(self) -> None:
        # Large and small in turn, so that several threads overtake each other.
        names = [f"n{number:03}.json" for number in range(200)]
        for number, name in enumerate(names):
            self.path(name, json.dumps([CLIP] * (2000 if number % 7 == 0 else 1)) if number % 2 else BAD)
        self.assertEqual(self.names("*.json"), names)
        text = self.run_check(*names, "--format", "text").stdout.decode()
        self.assertEqual(re.findall(r"^(n\d+\.json):\d", text, re.M), names[::2])
        self.assertTrue(text.endswith("200 files checked: 100 errors, 0 warnings\n"), text[-200:])
        sarif = json.loads(self.run_check(*reversed(names), "--format", "sarif").stdout)
        uris = [
            one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
            for one in sarif["runs"][0]["results"]
        ]
        self.assertEqual(uris, names[::2][::-1])

    def test_every_problem_of_a_long_file_is_listed_and_counted(self) -> None:
        self.path("long.kling.jsonl", f"{GOOD}\n" * 9 + f"{BAD}\n" * 3000)
        found = self.run_check("long.kling.jsonl")
        lines = found.stdout.decode().splitlines()
        self.assertEqual(sum("[duration.quoted]" in line for line in lines), 3000)
        self.assertEqual(lines[-1], "1 file checked: 3000 errors, 0 warnings")
        # Of one request no more than a thousand are listed; the others are counted.
        request = {f"x{number}": 1 for number in range(1500)} | CLIP
        found = self.run_check("-", input=json.dumps(request))
        self.assertIn("[document.moreProblems]", found.stdout.decode())
        self.assertIn("0 errors, 1500 warnings", found.stdout.decode().splitlines()[-1])

    def test_a_limit_of_values_holds_for_files_when_it_is_asked_for(self) -> None:
        self.path("many.kling.json", json.dumps({**CLIP, "numbers": [1] * 200_000}))
        self.assertEqual(self.run_check("many.kling.json").returncode, 0)
        found = self.run_check("--max-values", "1000", "many.kling.json")
        self.assertEqual(found.returncode, 1)
        self.assertIn("syntax.count", found.stdout.decode())

    def test_standard_input(self) -> None:
        commented = '{"model":"kling-v3", // the model\n "prompt":"A cat",}\n'
        self.assertEqual(self.run_check("-", input=GOOD).returncode, 0)
        self.assertEqual(self.run_check("-", input=commented).returncode, 1)
        self.assertEqual(self.run_check("-", "--language", "jsonc", input=commented).returncode, 0)
        lines = f"{GOOD}\n\n{BAD}\n"
        (one,) = self.report("-", "--language=jsonl", input=lines)
        self.assertEqual([d["path"] for d in one["diagnostics"]], ["/1/duration"])
        self.assertEqual(one["diagnostics"][0]["range"]["start"]["line"], 2)
        self.assertEqual(self.names("-", str(self.path("a.json")), input=GOOD)[0], "-")

    def test_arrays_and_languages_by_name(self) -> None:
        self.path("list.json", f"[{GOOD}, {BAD}]")
        self.path("c.jsonc", f"// one\n[{GOOD}, {BAD},]")
        self.path("l.jsonl", f"{GOOD}\r\n{BAD}")
        for one in self.report("list.json", "c.jsonc", "l.jsonl"):
            self.assertEqual(
                [d["code"] + d["path"] for d in one["diagnostics"]], ["duration.quoted/1/duration"]
            )
        self.assertEqual(self.run_check("c.jsonc", "--language", "json").returncode, 1)


    def test_a_file_is_checked_once_whatever_it_is_called(self) -> None:
        path = self.path("one.json", BAD)
        ways = ("one.json", "./one.json", str(path), "./*.json")
        self.assertEqual(self.names(*ways), ["one.json"])


class Trouble(CheckCase):
    def test_what_cannot_be_read_is_said_and_the_rest_is_checked(self) -> None:
        good = str(self.path("good.json"))
        run = self.run_check("nowhere.json", good)
        self.assertEqual(run.returncode, 2)
        self.assertEqual(
            run.stdout.decode(),
            "nowhere.json: cannot be read: No such file or directory\n"
            "2 files checked: 0 errors, 0 warnings, 1 could not be read\n",
        )
        shown = self.run_check("nowhere.json", "--locale", "zh").stdout.decode()
        self.assertRegex(
            shown, r"^nowhere\.json: 无法读取：.*\n已检查 1 个文件：0 个错误，0 个警告，1 个文件无法读取\n$"
        )
        first, second = self.report("nowhere.json", good)
        self.assertEqual((first["valid"], first["diagnostics"]), (False, []))
        self.assertIn("cannot be read", first["error"])
        self.assertTrue(second["valid"])
        shown = self.run_check("no,where:1%.json", "--format", "github").stdout.decode()
        self.assertEqual(
            shown, "::error file=no%2Cwhere%3A1%25.json::cannot be read: No such file or directory\n"
        )
        sarif = json.loads(self.run_check("nowhere.json", "--format", "sarif").stdout)
        self.assertFalse(sarif["runs"][0]["invocations"][0]["executionSuccessful"])

    def as_another(self) -> dict[str, Any]:
        """Somebody whom permissions hold back."""
        if not IS_ROOT:
            return {}
        self.place.path.chmod(0o755)
        # A build directory may be closed to others.
        self.program = shutil.copy(binary(), self.place.path / "program")
        return {"user": 65534, "group": 65534}

    def test_permissions_that_are_not_given(self) -> None:
        locked = self.path("locked.json")
        locked.chmod(0)
        inner = self.path("tree/inner/a.kling.json").parent
        self.path("tree/b.kling.json")
        inner.chmod(0)
        self.addCleanup(inner.chmod, 0o755)
        someone = self.as_another()
        (one,) = self.report("locked.json", **someone)
        self.assertIn("Permission denied", one["error"])
        found = self.report("tree", **someone)
        self.assertEqual([one["path"] for one in found], ["tree/b.kling.json", "tree/inner"])
        self.assertIn("Permission denied", found[1]["error"])

    def test_fixes_that_cannot_be_written_leave_the_file_as_it_was(self) -> None:
        folder = self.path("fixed/bad.json", BAD).parent
        read_only = self.path("plain/bad.json", BAD)
        read_only.chmod(0o444)
        read_only.parent.chmod(0o777)
        folder.chmod(0o555)
        (folder / "bad.json").chmod(0o666)
        self.addCleanup(folder.chmod, 0o755)
        someone = self.as_another()
        for name in ("fixed/bad.json", "plain/bad.json"):
            run = self.run_check(name, "--fix", **someone)
            self.assertEqual(run.returncode, 2, run)
            shown = run.stdout.decode()
            self.assertIn(f"{name}: the fixes cannot be written: Permission denied\n", shown)
            self.assertIn("[duration.quoted]", shown)
            self.assertTrue(
                shown.endswith("1 file checked: 1 error, 0 warnings, 1 could not be written\n"), shown
            )
            self.assertEqual((self.place.path / name).read_text(), BAD)
        self.assertEqual(names_in(folder), ["bad.json"])
        (one,) = self.report("plain/bad.json", "--fix", "--locale", "zh", **someone)
        self.assertTrue(one["error"].startswith("修正无法写入："))
        self.assertEqual(len(one["diagnostics"]), 1)

    def test_pipes_and_devices(self) -> None:
        fifo = self.place.path / "pipe.kling.json"
        os.mkfifo(fifo)
        self.path("a.kling.json")
        # Searching does not open what might never answer.
        self.assertEqual(self.names(".", timeout=10), ["a.kling.json"])
        self.assertEqual(self.names("*.json", timeout=10), ["a.kling.json"])
        writer = threading.Thread(target=lambda: fifo.write_text(BAD))
        writer.start()
        (one,) = self.report(str(fifo))
        writer.join()
        self.assertEqual(one["diagnostics"][0]["code"], "duration.quoted")
        writer = threading.Thread(target=lambda: fifo.write_text(BAD))
        writer.start()
        run = self.run_check(str(fifo), "--fix")
        writer.join()
        self.assertEqual(run.returncode, 2)
        self.assertTrue(stat.S_ISFIFO(fifo.stat().st_mode))
        (one,) = self.report("/dev/stdin", input=BAD)
        self.assertEqual(one["diagnostics"][0]["code"], "duration.quoted")
        (one,) = self.report("/dev/null")
        self.assertEqual(one["diagnostics"][0]["code"], "syntax.empty")
        (one,) = self.report("/dev/zero", timeout=20)
        self.assertIn("File too large", one["error"])

    def test_a_hundred_megabytes_of_garbage(self) -> None:
        path = self.path("garbage.json", os.urandom(1 << 20) * 100)
        began = time.monotonic()
        process = subprocess.Popen(
            [binary(), "check", str(path), "--format", "json"],
            stdout=subprocess.PIPE,
            env=self.place.environment(),
        )
        output = process.stdout.read() if process.stdout else b""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.stdout:
            process.stdout.close()
        self.assertEqual(process.returncode, 1)
        (one,) = json.loads(output)["files"]
        self.assertFalse(one["valid"])
        self.assertLess(time.monotonic() - began, 60)
        if LINUX:
            self.assertLess(usage.ru_maxrss * 1024, 20 * (100 << 20))

    def test_a_reader_that_has_seen_enough(self) -> None:
        for number in range(100):
            self.path(f"n{number:03}.json", f"[{','.join([BAD] * 200)}]")
        for keeps_signal in (True, False):
            with self.subTest(keeps_signal=keeps_signal):
                # Python ignores SIGPIPE, and so does what it starts unless that is restored.
                process = subprocess.Popen(
                    [binary(), "check", "n*.json"],
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    env=self.place.environment(),
                    cwd=self.place.path,
                    restore_signals=keeps_signal,
                )
                assert process.stdout and process.stderr
                self.assertIn(b"n000.json:1:", process.stdout.readline())
                process.stdout.close()
                errors = process.stderr.read()
                process.stderr.close()
                self.assertEqual(errors, b"")
                self.assertIn(process.wait(20), (-signal.SIGPIPE, 2))

    @unittest.skipUnless(Path("/dev/full").exists(), "no /dev/full")
    def test_a_report_that_cannot_be_written_is_said(self) -> None:
        path = str(self.path("good.json"))
        with Path("/dev/full").open("wb") as full:
            run = subprocess.run(
                [binary(), "check", path], stdout=full, stderr=subprocess.PIPE, check=False, timeout=20
            )
        self.assertEqual(run.returncode, 2)
        self.assertIn(b"the report cannot be written: No space left on device", run.stderr)


class Progress(CheckCase):
    def long_run(self, *arguments: str, **more: Any) -> tuple[bytes, bytes]:
        """A run whose first file takes its time: a pipe that is written to late."""
        fifo = self.place.path / "first"
        os.mkfifo(fifo)
        self.addCleanup(fifo.unlink)
        for number in range(20):
            self.path(f"n{number}.json", BAD)

        def write() -> None:
            began = time.monotonic()
            wait_for(lambda: time.monotonic() - began > 0.7)
            fifo.write_text(GOOD)

        writer = threading.Thread(target=write)
        writer.start()
        try:
            return self.on_terminal("first", "n*.json", *arguments, **more)
        finally:
            writer.join()

    def test_a_long_run_says_how_far_it_is_and_clears_that(self) -> None:
        shown, output = self.long_run(pipe=True)
        self.assertRegex(shown, rb"^\r\x1b\[Kchecked \d+ of 21 files")
        self.assertTrue(shown.endswith(b"\r\x1b[K"), shown)
        self.assertNotIn(b"\x1b", output)
        self.assertEqual(output.count(b"[duration.quoted]"), 20)

    def test_it_is_said_in_chinese(self) -> None:
        shown, _ = self.long_run("--locale", "zh", pipe=True)
        self.assertIn("/ 21 个文件", shown.decode())

    def test_it_does_not_stand_in_the_report(self) -> None:
        shown, _ = self.long_run(NO_COLOR="1")
        # What stays on each line once its beginning has been cleared.
        left = [line.rpartition(b"\x1b[K")[2] for line in shown.split(b"\r\n")]
        self.assertFalse([line for line in left if b"checked" in line and b"files checked" not in line], left)
        self.assertEqual(left[-2:], [b"21 files checked: 20 errors, 0 warnings", b""])

    def test_a_plain_terminal_gets_none(self) -> None:
        self.assertEqual(self.long_run(pipe=True, TERM="dumb")[0], b"")

    def test_a_short_run_and_a_pipe_get_none(self) -> None:
        for number in range(20):
            self.path(f"n{number}.json", BAD)
        self.assertEqual(self.on_terminal("n*.json", pipe=True)[0], b"")
        self.assertEqual(self.run_check("n*.json").stderr, b"")


class Fixing(CheckCase):
    def fix(self, name: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        return self.run_check(name, "--fix", *arguments)

    def test_the_safe_fixes_are_made_and_made_once(self) -> None:
        path = self.path("bad.json", BAD)
        run = self.fix("bad.json")
        self.assertEqual(run.returncode, 0)
        self.assertEqual(
            run.stdout.decode(),
            "bad.json:1:49: fixed: Write 5 without quotes [duration.quoted]\n"
            "1 file checked: 0 errors, 0 warnings, 1 fix made\n",
        )
        self.assertEqual(path.read_text(), MENDED)
        before = path.stat()
        again = self.fix("bad.json")
        self.assertEqual(again.stdout.decode(), "1 file checked: 0 errors, 0 warnings\n")
        after = path.stat()
        self.assertEqual((before.st_ino, before.st_mtime_ns), (after.st_ino, after.st_mtime_ns))

    def test_what_was_fixed_is_told_where_it_stood(self) -> None:
        text = '{"model":"kling-v3","prompt":"x","size":"16x9","audio":"yes",}'
        name = self.path("places.json", text).name
        told = [line for line in self.fix(name).stdout.decode().splitlines() if ": fixed: " in line]
        self.assertIn(f"{name}:1:{text.index(',}') + 1}: fixed: Remove `,` [syntax.trailingComma]", told)
        for line in told:
            self.assertLessEqual(int(line.split(":")[2]), len(text), line)

    def test_what_is_written_is_said_in_chinese_and_counted(self) -> None:
        names = [self.path(f"n{number}.json", BAD).name for number in range(30)]
        shown = self.fix(*names[:1], *names[1:], "--locale", "zh").stdout.decode()
        fixed = [f"{name}:1:49: 已修正：去掉引号，写成 5 [duration.quoted]\n" for name in names]
        self.assertEqual(shown, "".join(fixed) + "已检查 30 个文件：0 个错误，0 个警告，已修正 30 处\n")

    def test_nothing_is_written_when_there_is_nothing_to_mend(self) -> None:
        for name, content in (
            ("good.json", GOOD),
            ("open.json", WARNED),
            ("broken.json", "\x00\x01 nonsense \x02"),
        ):
            path = self.path(name, content)
            path.chmod(0o640)
            before = path.stat()
            self.fix(name)
            if path.read_bytes() == content.encode():
                after = path.stat()
                self.assertEqual((before.st_ino, before.st_mtime_ns), (after.st_ino, after.st_mtime_ns), name)
        self.assertEqual(names_in(self.place.path), ["broken.json", "good.json", "open.json", "videos"])

    def test_comments_layout_line_ends_and_byte_order_marks_stay(self) -> None:
        for name, before, after in (
            (
                "a.kling.jsonc",
                '\ufeff{\r\n\t// The model.\r\n\t"model": "kling-v3", /* 3 */\r\n\t"prompt": "猫",\r\n'
                '\t"duration": "5", // seconds\r\n}\r\n',
                '\ufeff{\r\n\t// The model.\r\n\t"model": "kling-v3", /* 3 */\r\n\t"prompt": "猫",\r\n'
                '\t"duration": 5, // seconds\r\n}\r\n',
            ),
            ("b.jsonl", f"{GOOD}\r\n{BAD}\r\n\r\n{GOOD}", f"{GOOD}\r\n{MENDED}\r\n\r\n{GOOD}"),
            ("c.json", f"[\n  {BAD},\n  {BAD}\n]", f"[\n  {MENDED},\n  {MENDED}\n]"),
            ("d.json", '{"model":"kling-v3","prompt":"a cat",}', '{"model":"kling-v3","prompt":"a cat"}'),
            ("e.json", "{'model':'kling-v3','prompt':'a'", '{"model":"kling-v3","prompt":"a"}'),
        ):
            with self.subTest(name=name):
                path = self.path(name, before)
                self.assertEqual(self.fix(name).returncode, 0)
                self.assertEqual(path.read_bytes(), after.encode())
                self.assertEqual(self.fix(name).returncode, 0)
                self.assertEqual(path.read_bytes(), after.encode())

    def test_permissions_and_links_stay(self) -> None:
        for mode in (0o600, 0o644, 0o755, 0o664):
            path = self.path(f"m{mode:o}.json", BAD)
            path.chmod(mode)
            if IS_ROOT:
                os.chown(path, 65534, 65534)
            self.fix(path.name)
            self.assertEqual(path.read_text(), MENDED)
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), mode)
            if IS_ROOT:
                self.assertEqual((path.stat().st_uid, path.stat().st_gid), (65534, 65534))
        target = self.path("real/target.json", BAD)
        link = self.place.path / "link.json"
        link.symlink_to("real/target.json")
        self.fix("link.json")
        self.assertTrue(link.is_symlink())
        self.assertEqual(target.read_text(), MENDED)
        self.assertEqual(names_in(target.parent), ["target.json"])

    def test_two_ways_to_one_file(self) -> None:
        target = self.path("a/target.kling.json", f"[{','.join([BAD] * 500)}]")
        for number in range(8):
            (target.parent / f"link{number}.kling.json").symlink_to(target)
        run = self.fix("a")
        self.assertEqual(run.returncode, 0, run.stdout[-500:])
        self.assertEqual(target.read_text(), f"[{','.join([MENDED] * 500)}]")
        self.assertEqual(len(names_in(target.parent)), 9)

    def test_files_are_mended_though_nobody_reads_the_report(self) -> None:
        for number in range(100):
            self.path(f"n{number:03}.json", f"[{','.join([BAD, WARNED] * 200)}]")
        process = subprocess.Popen(
            [binary(), "check", "--fix", "n*.json"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self.place.environment(),
            cwd=self.place.path,
        )
        assert process.stdout and process.stderr
        process.stdout.readline()
        process.stdout.close()
        self.assertEqual(process.stderr.read(), b"")
        process.stderr.close()
        self.assertEqual(process.wait(20), 0)
        self.assertEqual(len(names_in(self.place.path)), 101)
        for path in self.place.path.glob("n*.json"):
            self.assertNotIn('"duration":"5"', path.read_text())

    def test_standard_input_is_a_filter(self) -> None:
        run = self.run_check("-", "--fix", input=BAD + "\n")
        self.assertEqual(run.stdout.decode(), MENDED + "\n")
        self.assertTrue(run.stderr.decode().endswith("1 file checked: 0 errors, 0 warnings, 1 fix made\n"))
        run = self.run_check("-", "--fix", "--format", "json", input=BAD)
        (fixed,) = json.loads(run.stderr)["files"][0]["fixed"]
        self.assertEqual(
            fixed, {"code": "duration.quoted", "path": "/duration", "title": "Write 5 without quotes"}
        )
        run = self.run_check("-", "--fix", "--format", "json", input=WARNED)
        self.assertEqual(run.stdout.decode(), WARNED)
        self.assertEqual(json.loads(run.stderr)["files"][0]["diagnostics"][0]["code"], "parameter.unknown")
        for content in (b"", b"\xff\xfe\x00", b"{"):
            self.assertTrue(self.run_check("-", "--fix", input=content).stdout.startswith(content))

    def test_texts_that_never_end_do_not_grow(self) -> None:
        for content in ("['", "{'", '{"a":\'"b', "{// ", "{“", '["a', "[" * 30):
            with self.subTest(content=content):
                once = self.run_check("-", "--fix", "--language", "json", input=content).stdout
                self.assertLessEqual(len(once), len(content.encode()) * 2 + 90)
                twice = self.run_check("-", "--fix", "--language", "json", input=once).stdout
                if len(content) < 20:
                    self.assertEqual(once, twice)

    def test_every_text_of_the_labelled_set_is_mended_once(self) -> None:
        for name, text in self.labelled():
            self.path(f"set/{name}", text)
        self.run_check("set/*", "--fix")
        once = {path.name: path.read_bytes() for path in (self.place.path / "set").iterdir()}
        self.run_check("set/*", "--fix")
        for path in (self.place.path / "set").iterdir():
            self.assertEqual(path.read_bytes(), once[path.name], path.name)

    @staticmethod
    def labelled() -> Iterator[tuple[str, str]]:
        folder = Path(__file__).resolve().parents[1] / "labelled"
        for topic in sorted(folder.glob("*.jsonl")):
            for number, line in enumerate(topic.read_text().splitlines()):
                if line:
                    label = json.loads(line)
                    text = label.get("text", json.dumps(label.get("request"), ensure_ascii=False))
                    yield f"{topic.stem}{number}.{label.get('language', 'json')}", text


if __name__ == "__main__":
    unittest.main()

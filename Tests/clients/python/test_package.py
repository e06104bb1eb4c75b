"""Finding and starting the server, the progress display, and the quickstart."""

from __future__ import annotations

import ast
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import support

import kling_client
from kling_client import Kling, ServerNotFound, Task
from kling_client._binary import find_server
from kling_client.terminal import ProgressBar

CLIENTS = support.ROOT / "clients"

#: The README shows the quickstart between this line and the end of the code block that follows it.
README_MARKER = "<!-- clients/quickstart.py -->"


def executable(path: Path, text: str = "#!/bin/sh\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


class Finding(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name).resolve()

    def find(self, explicit: str | None = None, **environment: str) -> str:
        module = self.folder / "checkout" / "clients" / "python" / "kling_client" / "_binary.py"
        with (
            mock.patch.dict(os.environ, {"PATH": str(self.folder / "path"), **environment}, clear=True),
            mock.patch("kling_client._binary.__file__", str(module)),
        ):
            return find_server(explicit)

    def test_each_place_is_tried_in_its_order(self) -> None:
        with self.assertRaisesRegex(ServerNotFound, "quickstart.sh"):
            self.find()
        on_path = executable(self.folder / "path" / "kling-server")
        self.assertEqual(self.find(), str(on_path))
        built = executable(self.folder / "checkout" / ".build" / "release" / "kling-server")
        self.assertEqual(self.find(), str(built))
        beside = executable(
            self.folder / "checkout" / "clients" / "python" / "kling_client" / "bin" / "kling-server"
        )
        self.assertEqual(self.find(), str(beside))
        named = executable(self.folder / "named")
        self.assertEqual(self.find(KLING_SERVER=str(named)), str(named))
        self.assertEqual(self.find(str(built), KLING_SERVER=str(named)), str(built))

    def test_a_wrong_name_is_an_error_and_nothing_else_is_tried(self) -> None:
        executable(self.folder / "path" / "kling-server")
        with self.assertRaisesRegex(ServerNotFound, "KLING_SERVER"):
            self.find(KLING_SERVER=str(self.folder / "absent"))
        with self.assertRaisesRegex(ServerNotFound, "server="):
            self.find(str(self.folder))


class Starting(unittest.TestCase):
    def test_options_become_arguments_and_the_key_only_environment(self) -> None:
        kling = Kling(
            server=support.FAKE,
            simulate="speed=50",
            gateway="https://gateway.example",
            api_key="sk-very-secret",
            journal=Path("j.db"),
            max_active=2,
            budget="20/day",
            download_dir="videos",
            locale="zh",
            args=["--strict"],
            env={"KLING_EXTRA": "1"},
        )
        with kling:
            seen = kling.call("seen")
        want = "--gateway https://gateway.example --journal j.db --max-active 2 --budget 20/day"
        want += " --download-dir videos --locale zh --strict --simulate speed=50"
        self.assertEqual(" ".join(seen["argv"]), want)
        self.assertEqual(seen["environment"]["KLING_API_KEY"], "sk-very-secret")
        self.assertEqual(seen["environment"]["KLING_EXTRA"], "1")
        self.assertNotIn("sk-very-secret", repr(kling) + repr(vars(kling)))

    def test_simulate_alone_stands_last(self) -> None:
        with Kling(server=support.FAKE, simulate=True, args=["--strict"]) as kling:
            self.assertEqual(kling.call("seen")["argv"], ["--strict", "--simulate"])


PROCESSING = {"id": "kt_1", "state": "processing", "progress": 42, "estimate": {"secondsLeft": 70.2}}


class Progress(unittest.TestCase):
    def test_on_a_terminal_it_redraws_one_line_and_ends_it_at_the_end(self) -> None:
        stream = io.StringIO()
        stream.isatty = lambda: True  # type: ignore[method-assign]
        bar = ProgressBar(stream)
        bar(Task.from_wire(PROCESSING))
        self.assertEqual(
            stream.getvalue(), "\r\x1b[K[##########--------------] processing  42% about 70 s left"
        )
        bar(Task.from_wire({"state": "completed", "progress": 100}))
        self.assertTrue(stream.getvalue().endswith("[########################] completed  100%\n"))

    def test_elsewhere_it_prints_a_line_for_each_change(self) -> None:
        stream = io.StringIO()
        bar = ProgressBar(stream)
        for _ in range(2):
            bar(Task.from_wire(PROCESSING))
        bar(Task.from_wire({"state": "queued", "queue": {"ahead": 2}}))
        self.assertEqual(stream.getvalue(), "processing  42% about 70 s left\nqueued     2 ahead\n")


class Quickstart(unittest.TestCase):
    def run_script(self, path: str, **environment: str) -> subprocess.CompletedProcess[str]:
        script = [shutil.which("sh") or "/bin/sh", str(CLIENTS / "quickstart.sh")]
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return subprocess.run(
            script,
            env={"PATH": path, "HOME": folder.name, "PYTHONDONTWRITEBYTECODE": "1", **environment},
            cwd=folder.name,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def stubs(self, names: dict[str, str]) -> Path:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        for name, text in names.items():
            executable(Path(folder.name) / name, f"#!/bin/sh\n{text}\n")
        for tool in ("sh", "uname", "dirname", "sed", "head", "grep", "id", "ldconfig"):
            found = shutil.which(tool, path=os.environ.get("PATH", "") + ":/sbin:/usr/sbin")
            if found and tool not in names:
                (Path(folder.name) / tool).symlink_to(found)
        return Path(folder.name)

    def test_it_fits_in_twenty_lines(self) -> None:
        lines = (CLIENTS / "quickstart.py").read_text().splitlines()
        self.assertLessEqual(len(lines), 20)

    def test_the_readme_shows_the_same_lines(self) -> None:
        readme = support.ROOT / "README.md"
        if not readme.exists():
            self.skipTest("no README.md yet")
        block = re.search(re.escape(README_MARKER) + r"\s*```python\n(.*?)```", readme.read_text(), re.DOTALL)
        assert block is not None, f"README.md has no ```python block after the line {README_MARKER}"
        self.assertEqual(block[1], (CLIENTS / "quickstart.py").read_text())

    def test_without_swift_or_with_an_old_one_it_says_where_to_get_it(self) -> None:
        done = self.run_script(str(self.stubs({})))
        self.assertEqual(done.returncode, 1)
        self.assertIn("https://www.swift.org/install", done.stderr)
        done = self.run_script(
            str(self.stubs({"swift": "echo Swift version 5.10.1 '(swift-5.10.1-RELEASE)'"}))
        )
        self.assertIn("Swift 5.10 is too old", done.stderr)

    @unittest.skipUnless(sys.platform == "linux", "apt-get is Linux's")
    def test_without_the_libraries_and_without_root_it_prints_the_command(self) -> None:
        stubs = self.stubs(
            {
                "swift": "echo Swift version 6.2",
                "python3": "exit 0",
                "ldconfig": "echo nothing",
                "id": "echo 1000",
                "apt-get": "echo must not run",
            }
        )
        done = self.run_script(str(stubs))
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertRegex(done.stderr, r"apt-get update && apt-get install -y( libsqlite3-dev)? libcurl4\n")

    def test_with_everything_there_it_ends_with_the_path_of_a_video(self) -> None:
        if sys.platform == "linux" and not Path("/usr/include/sqlite3.h").exists():
            self.skipTest("libsqlite3-dev is not installed")
        command = " ".join(f"'{part}'" for part in support.FAKE)
        stubs = self.stubs(
            {
                "kling-server": f'exec {command} "$@"',
                "swift": 'case $* in *bin-path*) dirname "$0";; *version*) echo Swift version 6.2;; esac',
                "python3": f"exec '{sys.executable}' \"$@\"",
                "ldconfig": "echo libcurl.so.4",
                "apt-get": "exit 9",
            }
        )
        done = self.run_script(str(stubs))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"/videos/.*\.mp4\n$")
        self.assertIn("processing  55% about 7 s left\n", done.stderr)


class House(unittest.TestCase):
    @unittest.skipIf(sys.version_info < (3, 10), "this Python does not list its standard library")
    def test_only_the_standard_library_is_imported(self) -> None:
        for file in sorted((support.PACKAGE / "kling_client").glob("*.py")):
            for node in ast.walk(ast.parse(file.read_text())):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                if isinstance(node, ast.ImportFrom) and not node.level:
                    names = [node.module or ""]
                for name in names:
                    # typing_extensions is read by type checkers alone, which bring it along.
                    known = sys.stdlib_module_names | {"typing_extensions"}
                    self.assertIn(name.split(".")[0], known, file)

    def test_everything_public_is_documented(self) -> None:
        for face in (kling_client.Kling, kling_client.AsyncKling, kling_client.Updates, Task):
            for name in dir(face):
                if not name.startswith("_") and callable(getattr(face, name)):
                    self.assertTrue(getattr(face, name).__doc__, f"{face.__name__}.{name}")

    def test_both_faces_have_the_same_methods(self) -> None:
        public = [{name for name in dir(face) if not name.startswith("_")} for face in kling_client_faces()]
        self.assertEqual(*public)


def kling_client_faces() -> tuple[type, type]:
    return kling_client.Kling, kling_client.AsyncKling


if __name__ == "__main__":
    unittest.main()

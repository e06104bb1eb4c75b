"""The library as a Swift program of one's own uses it: another package, on the simulator and on a gateway."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SCRATCH = ROOT / ".build" / "swift-library"
sys.path.insert(0, str(ROOT / "Tests" / "gateway"))

from gateway import Gateway  # noqa: E402


class Library(unittest.TestCase):
    programs: Path

    @classmethod
    def setUpClass(cls) -> None:
        # Swift plans a build anew when files of the package itself come and go, not those of another.
        (SCRATCH / "debug.yaml").unlink(missing_ok=True)
        command = ["swift", "build", "--package-path", str(HERE), "--scratch-path", str(SCRATCH)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        shown = subprocess.run([*command, "--show-bin-path"], capture_output=True, text=True, check=True)
        cls.programs = Path(shown.stdout.strip())

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="kling-library-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def run_program(self, name: str, *arguments: str, status: int = 0) -> list[str]:
        done = subprocess.run(
            [str(self.programs / name), *arguments],
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env={**os.environ, "HOME": str(self.folder)},
        )
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return (done.stdout + done.stderr).splitlines()

    def test_it_makes_a_video_on_the_simulator_once(self) -> None:
        lines = self.run_program("simulate-a-video")
        states = [line.split()[0] for line in lines]
        self.assertEqual(sorted(set(states), key=states.index)[-2:], ["processing", "completed"])
        path = Path(lines[-1].split()[2])
        self.assertEqual(path.read_bytes()[4:8], b"ftyp")
        progress = [int(line.split()[1]) for line in lines]
        self.assertEqual(progress, sorted(progress))
        again = self.run_program("simulate-a-video")
        self.assertEqual(again, lines[-1:], "the second run made another task")
        self.assertEqual(len(list(path.parent.glob("*.mp4"))), 1)

    def test_it_makes_a_video_on_a_gateway_once(self) -> None:
        with Gateway(speed=100, key="sk-right") as gateway:
            lines = self.run_program("make-a-video", gateway.url, "sk-right")
            self.assertRegex(lines[-1], r"^completed 100 .*/videos/kt_\w+\.mp4$")
            self.run_program("make-a-video", gateway.url, "sk-right")
            self.assertEqual((gateway.creates, gateway.create_requests), (1, 1))

    def test_a_refusal_is_an_error_that_is_typed(self) -> None:
        with Gateway(speed=100, key="sk-right") as gateway:
            lines = self.run_program("make-a-video", gateway.url, "sk-wrong")
            self.assertEqual(lines[-1].split()[0], "failed")
            self.assertEqual(gateway.creates, 0)

    def test_only_what_is_public_is_used(self) -> None:
        for name in ("video", "simulated"):
            source = (HERE / name / "main.swift").read_text()
            self.assertNotIn("@testable", source)
            code = [
                line
                for line in source.splitlines()
                if line and not line.lstrip().startswith(("//", "import"))
            ]
            self.assertLessEqual(len(code), 15)
        self.assertIn('.package(name: "kling-server", path: "../..")', (HERE / "Package.swift").read_text())

    def test_the_readme_shows_the_same_lines(self) -> None:
        readme = (ROOT / "README.md").read_text()
        block = re.search(r"<!-- Tests/SwiftLibrary/video/main.swift -->\s*```swift\n(.*?)```", readme, re.S)
        assert block, "README.md has no ```swift block behind its marker"
        self.assertEqual(block[1], (HERE / "video" / "main.swift").read_text())


if __name__ == "__main__":
    unittest.main()

"""Decodes every film of the simulator completely, with a real decoder (PyPI ``av``), and compares what it finds.

Run it with the directory that the test *writes every film for a real decoder* has filled:

    SIMULATED_VIDEO_DIRECTORY=DIR swift test --filter SimulatedVideoTests
    python3 Tests/KlingSimulatorTests/decode.py DIR

Exits 0 when all is well, 1 when a film is not what its name says, 77 when ``av`` cannot be had.
"""

from __future__ import annotations

import sys
from pathlib import Path

FRAMES_PER_SECOND = 24


def problems(path: Path) -> list[str]:
    """What is wrong with one film named ``WIDTHxHEIGHT-SECONDS.mp4``."""
    import av

    size, _, length = path.stem.partition("-")
    width, height = (int(part) for part in size.split("x"))
    seconds = int(length)
    found: list[str] = []
    with av.open(str(path)) as film:
        video = film.streams.video[0]
        bars: set[int] = set()
        frames = 0
        for frame in film.decode(video):
            frames += 1
            if (frame.width, frame.height) != (width, height):
                found.append(f"frame {frames} is {frame.width}x{frame.height}")
                break
            luma = frame.to_ndarray(format="gray")
            bright = [x for x in range(8, width, 16) if luma[height // 2, x] > 200]
            if len(bright) != 1:
                found.append(f"frame {frames} shows the bar {len(bright)} times")
                break
            bars.add(bright[0])
        if frames != seconds * FRAMES_PER_SECOND:
            found.append(f"{frames} frames instead of {seconds * FRAMES_PER_SECOND}")
        if film.duration is None or abs(film.duration / 1e6 - seconds) > 0.01:
            found.append(f"a duration of {film.duration} µs")
        if len(bars) != (width + 15) // 16 and len(bars) < seconds * 2 - 1:
            found.append(f"the bar was in {len(bars)} places only")
        if video.codec_context.name != "h264":
            found.append(f"codec {video.codec_context.name}")
    return found


def main() -> int:
    try:
        import av  # noqa: F401
    except ImportError:
        print("skipped: PyPI 'av' is not installed")
        return 77
    films = sorted(Path(sys.argv[1]).glob("*.mp4"))
    failed = 0
    for film in films:
        for problem in problems(film):
            failed += 1
            print(f"{film.name}: {problem}")
    print(f"{len(films)} films decoded, {failed} problems")
    return 1 if failed or not films else 0


if __name__ == "__main__":
    sys.exit(main())

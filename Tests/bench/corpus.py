"""The requests that validators are measured with; always the same."""

from __future__ import annotations

import json
import random
from pathlib import Path

ENGLISH = (
    "a golden retriever runs along the beach at sunset slow motion cinematic light waves break behind it the camera"
    " follows low over wet sand soft focus film grain warm tones wide shot shallow depth of field"
).split()
CHINESE = (
    "一只金毛犬 在日落时分 沿着海滩奔跑 慢动作 电影感光线 海浪在身后 镜头低空跟随 湿润的沙滩 柔焦 胶片颗粒 暖色调 "
    "广角镜头 浅景深 风吹动毛发 远处的灯塔 亮起微光"
).split()
COUNT = 2_000


def prompt(draw: random.Random, size: int) -> str:
    """Words until the text has so many bytes of UTF-8; half of all words are Chinese."""
    words: list[str] = []
    while len(" ".join(words).encode()) < size:
        words.append(draw.choice(CHINESE if draw.random() < 0.5 else ENGLISH))
    return " ".join(words)


def valid(draw: random.Random) -> dict[str, object]:
    """One correct request of about 400 bytes."""
    body: dict[str, object] = {"model": "kling-v3"}
    kind = draw.random()
    if kind < 0.2:
        lengths = [draw.randint(2, 4) for _ in range(2)]
        body.update(multi_shot=True, shot_type="customize", duration=sum(lengths), mode="std")
        body["multi_prompt"] = [
            {"index": number + 1, "prompt": prompt(draw, 90), "duration": length}
            for number, length in enumerate(lengths)
        ]
        return body
    body.update(prompt=prompt(draw, 250 if kind < 0.6 else 150), mode=draw.choice(["std", "pro"]))
    body.update(duration=draw.randint(3, 10), audio=draw.random() < 0.5)
    if kind < 0.6:
        body["aspect_ratio"] = draw.choice(["16:9", "9:16", "1:1"])
    else:
        body["image_urls"] = [f"https://example.com/pictures/{draw.getrandbits(64):016x}.jpg"]
    body["negative_prompt"] = prompt(draw, 40)
    return body


def spoil(draw: random.Random, body: dict[str, object]) -> None:
    """Makes one of the mistakes that people make."""
    mistake = draw.randrange(5)
    if mistake == 0:
        body["duration"] = draw.choice([1, 20, 30])
    elif mistake == 1:
        body["mode"] = "professional"
    elif mistake == 2:
        body["duration"] = "5"
    elif mistake == 3:
        body["audio"] = "yes"
    else:
        body["aspect_ratio"] = "16x9"


def requests() -> list[bytes]:
    """One request a line: one in ten has a mistake that every validator measured can see."""
    draw = random.Random(7)
    lines = []
    for number in range(COUNT):
        body = valid(draw)
        if number % 10 == 9:
            spoil(draw, body)
        lines.append(json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode())
    return lines


if __name__ == "__main__":
    import sys

    data = requests()
    Path(sys.argv[1]).write_bytes(b"\n".join(data) + b"\n")
    print(f"{len(data)} requests, {sum(map(len, data)) / len(data):.0f} bytes each")

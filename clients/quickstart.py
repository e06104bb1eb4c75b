from kling_client import Kling
from kling_client.terminal import ProgressBar

request = {
    "model": "kling-v3",
    "prompt": "A golden cat runs through a sunlit meadow, slow motion, cinematic",
    "mode": "std",
    "duration": 5,
    "aspect_ratio": "16:9",
}

# The simulator needs no key and costs nothing. For a real video: Kling(api_key="…"), nothing else changes.
with Kling(simulate=True) as kling:
    for path in kling.generate(request, directory="videos", on_progress=ProgressBar()):
        print(path)

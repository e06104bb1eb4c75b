"""Python's parsers: ``json`` over a decoded string, ``orjson`` over bytes. Usage: parse.py MODULE FILE."""

import importlib
import json
import statistics
import sys
import time
from pathlib import Path

data = Path(sys.argv[2]).read_bytes()
loads = importlib.import_module(sys.argv[1]).loads
text = data.decode() if sys.argv[1] == "json" else data
rates = []
for _ in range(7):
    began = time.perf_counter_ns()
    loads(text)
    rates.append(len(data) * 1000 / (time.perf_counter_ns() - began))
print(json.dumps({"what": "parse", "mbPerSecond": statistics.median(rates)}))

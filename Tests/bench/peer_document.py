"""What a Python user would run instead on a whole document: orjson and jsonschema-rs, all errors with their paths."""

import sys

import jsonschema_rs
import orjson

with open(sys.argv[1], "rb") as file:
    errors = jsonschema_rs.validator_for(orjson.loads(file.read())).iter_errors
for line in sys.stdin.buffer:
    message = orjson.loads(line)
    found = []
    for number, request in enumerate(orjson.loads(message["params"]["text"])):
        for error in errors(request):
            found.append({"path": [number, *error.instance_path], "message": error.message})
    reply = {"jsonrpc": "2.0", "id": message["id"], "result": {"valid": not found, "diagnostics": found}}
    sys.stdout.buffer.write(orjson.dumps(reply) + b"\n")
    sys.stdout.buffer.flush()

"""Measures a read of boards, their sections and pins with Airbyte's source for Pinterest, at Pinterest itself.

Usage: airbyte_peer.py SCENE.json, which says besides the stack: pageSize (0 for what the source asks for by itself) and
threads (0 likewise). The output has the ids of all records, in the order in which they came.
"""

import datetime
import json
import pathlib
import tempfile
import time

import airbyte_reader
from airbyte_reader import SCENE, get

OBJECTS = {"boards": "boards", "board_pins": "pins", "board_section_pins": "pins"}
STREAMS = ["board_sections", *OBJECTS]
REQUESTS_SHOWN = 20_000


def requests(limit):
    return json.loads(get(f"{SCENE['pinterest']}/_sim/requests?limit={limit}"))


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    parameters = {"page_size": SCENE["pageSize"]} if SCENE["pageSize"] else {}
    config = {"num_threads": SCENE["threads"]} if SCENE["threads"] else {}
    base = SCENE["pinterest"] + "/v5/"
    airbyte_reader.prepare(folder, base, airbyte_reader.access_token(), STREAMS, parameters=parameters, config=config)
    before = requests(0)
    start = time.time()
    records, errors = airbyte_reader.read(folder)
    # The last record, without what the process does afterwards.
    end = (folder / "read.jsonl").stat().st_mtime

after = requests(REQUESTS_SHOWN)
number = after["total"] - before["total"]
first = datetime.datetime.fromisoformat(after["requests"][-min(number, REQUESTS_SHOWN)]["time"]).timestamp()
ids = {"boards": [], "pins": []}
for stream, record in records:
    if stream in OBJECTS:
        ids[OBJECTS[stream]].append(record["id"])
print(
    json.dumps(
        {
            "client": airbyte_reader.CLIENT,
            "startSeconds": first - start,
            "seconds": end - first,
            "records": ids,
            "errors": errors,
        }
    )
)

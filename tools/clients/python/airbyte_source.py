"""Reads an account with Airbyte's source for Pinterest, through the proxy door and then at Pinterest itself.

The account has narrow rate limits. The source takes Pinterest's own 429 for the end of a list, so on its own it loses
pages. Through the door it must lose none. Usage: airbyte_source.py SCENE.json
"""

import collections
import json
import pathlib
import tempfile
import time

import airbyte_reader
from airbyte_reader import SCENE, get

PINS = ["board_pins", "board_section_pins"]
STREAMS = ["boards", "ad_accounts", "catalogs", "catalogs_feeds", "catalogs_product_groups", "board_sections", *PINS]


def truth(name, query=""):
    return [json.loads(line) for line in get(f"{SCENE['pinterest']}/_sim/truth/{name}{query}").split("\n") if line]


def read(base, headers, token):
    """Returns the records by stream, and the errors that the source told."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        airbyte_reader.prepare(folder, base, token, STREAMS, headers)
        found, errors = airbyte_reader.read(folder)
    records = collections.defaultdict(list)
    for stream, record in found:
        records[stream].append(record)
    return records, errors


def expected():
    """Returns the records of the token user by stream; the source asks for no other owner's."""

    def own(name):
        return [record for record in truth(name) if "ad_account_id" not in record.get("_source", {})]

    pins = truth("pins", "?plan=boards")
    return {
        "boards": own("boards"),
        "ad_accounts": truth("ad_accounts"),
        "catalogs": own("catalogs"),
        "catalogs_feeds": own("feeds"),
        "catalogs_product_groups": own("product_groups"),
        "board_pins": [pin for pin in pins if "section_id" not in pin["_source"]],
        "board_section_pins": [pin for pin in pins if "section_id" in pin["_source"]],
    }


def present(value):
    """Returns the JSON without members that are null: the source drops them."""
    if isinstance(value, dict):
        return {name: present(member) for name, member in value.items() if member is not None}
    return [present(element) for element in value] if isinstance(value, list) else value


def canonical(records):
    """Returns the records as texts; without feeds' credentials, which the source removes, too."""
    ignored = ("_source", "credentials")
    return sorted(json.dumps(present({k: v for k, v in r.items() if k not in ignored}), sort_keys=True) for r in records)


def missing(wanted, records):
    lost = collections.Counter(canonical(wanted)) - collections.Counter(canonical(records))
    return sum(lost.values())


def requests_refused():
    """Returns how many requests Pinterest has refused with 429 so far."""
    counts = json.loads(get(f"{SCENE['pinterest']}/_sim/requests?limit=0"))["counts"]
    return sum(outcomes.get("429", 0) for outcomes in counts.values())


# Pinterest counts the question for the user when the account was connected. The budget does not: it learns its owner by it.
# It leaves the window of a minute before the read begins.
time.sleep(61)
wanted = expected()
differences = []
received, errors = read(SCENE["proxy"] + "/v5/", SCENE["proxyHeaders"], "not-needed-behind-the-door")
differences += [f"through the door: {error}" for error in errors]
for stream, records in wanted.items():
    if canonical(records) != canonical(received[stream]):
        lost = missing(records, received[stream])
        differences.append(f"{stream}: {len(records)} expected, {len(received[stream])} received, {lost} missing or changed")
refused = requests_refused()
if refused:
    differences.append(f"{refused} requests through the door got Pinterest's own 429")
sections = {pin["board_section_id"] for pin in wanted["board_section_pins"]}
if not sections <= {section["id"] for section in received["board_sections"]}:
    differences.append("board_sections: sections are missing")

direct, _ = read(SCENE["pinterest"] + "/v5/", {}, airbyte_reader.access_token())
lost = sum(missing(records, direct[stream]) for stream, records in wanted.items())
refused_directly = requests_refused() - refused
count = sum(len(records) for records in received.values())
print(
    json.dumps(
        {
            "client": airbyte_reader.CLIENT,
            "summary": f"{count} records of {len(STREAMS)} streams; at Pinterest itself {lost} lost by {refused_directly} 429s",
            "differences": differences,
        }
    )
)

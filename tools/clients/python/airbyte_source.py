"""Reads an account with Airbyte's source for Pinterest, through the proxy door and then at Pinterest itself.

The account has narrow rate limits. The source takes Pinterest's own 429 for the end of a list, so on its own it loses
pages. Through the door it must lose none. Usage: airbyte_source.py SCENE.json
"""

import collections
import importlib.util
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from importlib import metadata

PINTEREST = "https://api.pinterest.com/v5/"
REQUESTER = f'    url_base: "{PINTEREST}"\n    http_method: GET\n'
PINS = ["board_pins", "board_section_pins"]
STREAMS = ["boards", "ad_accounts", "catalogs", "catalogs_feeds", "catalogs_product_groups", "board_sections", *PINS]

with open(sys.argv[1], encoding="utf-8") as file:
    SCENE = json.load(file)


def get(url):
    request = urllib.request.Request(url, headers={"x-api-key": SCENE["apiKey"]})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.read().decode()


def truth(name, query=""):
    return [json.loads(line) for line in get(f"{SCENE['pinterest']}/_sim/truth/{name}{query}").split("\n") if line]


def access_token():
    connections = f"{SCENE['api']}/v1/projects/{SCENE['project']}/connections"
    connection = json.loads(get(connections))[0]["id"]
    return json.loads(get(f"{connections}/{connection}?includeCreds=true"))["oauth2AuthorizationCode"]["accessToken"]["token"]


def copied(folder, base, headers):
    """Copies the installed source; its base URL and its headers become those of a door."""
    package = pathlib.Path(importlib.util.find_spec("source_pinterest").origin).parent
    shutil.copytree(package, folder / "source_pinterest")
    manifest = folder / "source_pinterest" / "manifest.yaml"
    text = manifest.read_text(encoding="utf-8")
    if REQUESTER not in text:
        raise SystemExit("the source's manifest has another requester than this check knows")
    lines = "".join(f'      {name}: "{value}"\n' for name, value in headers.items())
    changed = REQUESTER.replace(PINTEREST, base) + ("    request_headers:\n" + lines if headers else "")
    manifest.write_text(text.replace(REQUESTER, changed), encoding="utf-8")


def run(folder, *arguments):
    """Returns the messages of the source."""
    program = "from source_pinterest.run import run; run()"
    environment = {**os.environ, "PYTHONPATH": str(folder), "DO_NOT_TRACK": "1"}
    ended = subprocess.run(
        [sys.executable, "-B", "-c", program, *arguments], cwd=folder, env=environment, capture_output=True, text=True
    )
    messages = []
    for line in ended.stdout.split("\n"):
        if line.startswith("{"):
            messages.append(json.loads(line))
    return ended.returncode, messages


def read(base, headers, token):
    """Returns the records by stream, and the errors that the source told."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        copied(folder, base, headers)
        # A token that is valid for long, so that the source does not refresh it.
        credentials = {"auth_method": "oauth2.0", "client_id": "none", "client_secret": "none", "refresh_token": "none"}
        credentials |= {"access_token": token, "token_expiry_date": "2100-01-01T00:00:00Z"}
        (folder / "config.json").write_text(json.dumps({"credentials": credentials, "start_date": "2026-01-01"}))
        _, messages = run(folder, "discover", "--config", "config.json")
        found = [message["catalog"]["streams"] for message in messages if message["type"] == "CATALOG"]
        chosen = [
            {"stream": stream, "sync_mode": "full_refresh", "destination_sync_mode": "overwrite"}
            for stream in found[0]
            if stream["name"] in STREAMS
        ]
        (folder / "catalog.json").write_text(json.dumps({"streams": chosen}))
        code, messages = run(folder, "read", "--config", "config.json", "--catalog", "catalog.json")
    records = collections.defaultdict(list)
    for message in messages:
        if message["type"] == "RECORD":
            records[message["record"]["stream"]].append(message["record"]["data"])
    errors = [
        message["trace"]["error"]["message"]
        for message in messages
        if message["type"] == "TRACE" and message["trace"]["type"] == "ERROR"
    ]
    return records, errors + ([f"it ended with {code}"] if code else [])


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


def refused(category="429"):
    counts = json.loads(get(f"{SCENE['pinterest']}/_sim/requests?limit=0"))["counts"]
    return sum(outcomes.get(category, 0) for outcomes in counts.values())


wanted = expected()
differences = []
received, errors = read(SCENE["proxy"] + "/v5/", SCENE["proxyHeaders"], "not-needed-behind-the-door")
differences += [f"through the door: {error}" for error in errors]
for stream, records in wanted.items():
    if canonical(records) != canonical(received[stream]):
        lost = missing(records, received[stream])
        differences.append(f"{stream}: {len(records)} expected, {len(received[stream])} received, {lost} missing or changed")
if refused():
    differences.append(f"{refused()} requests through the door got Pinterest's own 429")
sections = {pin["board_section_id"] for pin in wanted["board_section_pins"]}
if not sections <= {section["id"] for section in received["board_sections"]}:
    differences.append("board_sections: sections are missing")

direct, _ = read(SCENE["pinterest"] + "/v5/", {}, access_token())
lost = sum(missing(records, direct[stream]) for stream, records in wanted.items())
count = sum(len(records) for records in received.values())
print(
    json.dumps(
        {
            "client": f"airbyte-source-pinterest {metadata.version('airbyte-source-pinterest')}",
            "summary": f"{count} records of {len(STREAMS)} streams; at Pinterest itself {lost} lost by {refused()} 429s",
            "differences": differences,
        }
    )
)

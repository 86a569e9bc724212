"""Runs Airbyte's source for Pinterest from a changed copy of the installed package."""

import importlib.util
import json
import os
import pathlib
import shutil
import subprocess
import sys
import urllib.request
from importlib import metadata

PINTEREST = "https://api.pinterest.com/v5/"
REQUESTER = f'    url_base: "{PINTEREST}"\n    http_method: GET\n'
CLIENT = f"airbyte-source-pinterest {metadata.version('airbyte-source-pinterest')}"

with open(sys.argv[1], encoding="utf-8") as file:
    SCENE = json.load(file)


def get(url):
    request = urllib.request.Request(url, headers={"x-api-key": SCENE["apiKey"]})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.read().decode()


def access_token():
    connections = f"{SCENE['api']}/v1/projects/{SCENE['project']}/connections"
    connection = json.loads(get(connections))[0]["id"]
    return json.loads(get(f"{connections}/{connection}?includeCreds=true"))["oauth2AuthorizationCode"]["accessToken"]["token"]


def members(name, pairs):
    return f"    {name}:\n" + "".join(f'      {key}: "{value}"\n' for key, value in pairs.items()) if pairs else ""


def copied(folder, base, headers, parameters):
    """Copies the installed source; its base URL, headers and parameters become these."""
    package = pathlib.Path(importlib.util.find_spec("source_pinterest").origin).parent
    shutil.copytree(package, folder / "source_pinterest")
    manifest = folder / "source_pinterest" / "manifest.yaml"
    text = manifest.read_text(encoding="utf-8")
    if REQUESTER not in text:
        raise SystemExit("the source's manifest has another requester than this script knows")
    changed = REQUESTER.replace(PINTEREST, base)
    changed += members("request_headers", headers) + members("request_parameters", parameters)
    manifest.write_text(text.replace(REQUESTER, changed), encoding="utf-8")


def run(folder, output, *arguments):
    """Runs the source, whose messages go to a file; returns its exit code."""
    program = "from source_pinterest.run import run; run()"
    environment = {**os.environ, "PYTHONPATH": str(folder), "DO_NOT_TRACK": "1"}
    command = [sys.executable, "-B", "-c", program, *arguments]
    with open(folder / output, "wb") as out:
        return subprocess.run(command, cwd=folder, env=environment, stdout=out, stderr=subprocess.DEVNULL).returncode


def messages(folder, output):
    with open(folder / output, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.startswith("{")]


def prepare(folder, base, token, streams, headers=None, parameters=None, config=None):
    """Makes a copy, its configuration and its catalog, for the command read."""
    copied(folder, base, headers or {}, parameters or {})
    # A token that is valid for long, so that the source does not refresh it.
    credentials = {"auth_method": "oauth2.0", "client_id": "none", "client_secret": "none", "refresh_token": "none"}
    credentials |= {"access_token": token, "token_expiry_date": "2100-01-01T00:00:00Z"}
    whole = {"credentials": credentials, "start_date": "2026-01-01", **(config or {})}
    (folder / "config.json").write_text(json.dumps(whole))
    run(folder, "discovered.jsonl", "discover", "--config", "config.json")
    found = [message["catalog"]["streams"] for message in messages(folder, "discovered.jsonl") if message["type"] == "CATALOG"]
    chosen = [
        {"stream": stream, "sync_mode": "full_refresh", "destination_sync_mode": "overwrite"}
        for stream in found[0]
        if stream["name"] in streams
    ]
    (folder / "catalog.json").write_text(json.dumps({"streams": chosen}))


def read(folder):
    """Reads after prepare; returns the records with their streams, and the errors that the source told."""
    code = run(folder, "read.jsonl", "read", "--config", "config.json", "--catalog", "catalog.json")
    records = []
    errors = []
    for message in messages(folder, "read.jsonl"):
        if message["type"] == "RECORD":
            records.append((message["record"]["stream"], message["record"]["data"]))
        elif message["type"] == "TRACE" and message["trace"]["type"] == "ERROR":
            errors.append(message["trace"]["error"]["message"])
    return records, errors + ([f"it ended with {code}"] if code else [])

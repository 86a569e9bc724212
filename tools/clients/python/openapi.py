"""Sends generated requests to all doors with Schemathesis, from the documents by which the doors describe themselves.

The seed and the number of requests are fixed. A valid request must be taken, an invalid one refused, none may end in a
5xx, and every answer must have the form that its document says. Usage: openapi.py SCENE.json
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import urllib.request
from importlib import metadata

SEED = "1"
EXAMPLES = {"read": 60, "write": 60, "proxy": 40, "api": 20}

# They would remove the things that the other requests name.
REMOVE = ["deleteProject", "deleteIntegration"]
# These pages take only a state that Pinferry has made.
PAGES = ["showConnectPage", "comeBack"]
# Schemathesis cannot make a body with the rule that each member of the mask needs a value.
UNKNOWN_TO_GENERATOR = ["changeProviderApp"]
# Rules that a schema cannot say, by operation. There a valid request may be refused.
PATHS = "/v1/projects/{project}"
INTEGRATION = PATHS + "/integrations/{integration}"
RULES_BEYOND_SCHEMAS = {
    f"GET {PATHS}/dead-letters": "destination exists; pageToken comes from a list",
    f"POST {PATHS}/dead-letters:redrive": "pageToken comes from a list",
    f"GET {PATHS}/deliveries": "destination and operationId exist; pageToken comes from a list",
    f"POST {PATHS}/deliveries:replay": "a member that chooses messages; pageToken comes from an answer",
    f"GET {PATHS}/installations": "pageToken comes from a list",
    f"GET {PATHS}/operations": "pageToken comes from a list",
    f"GET {INTEGRATION}/installations/{{installation}}/operations": "pageToken comes from a list",
    f"GET {PATHS}/notification-event-topic-routes": "topicId exists",
    f"GET {PATHS}/topic-destination-routes": "topicId and destinationId exist",
    "POST /v1/oauth-connect": "providerAppId exists",
    f"PATCH {INTEGRATION}/installations/{{installation}}": "updateMask names members of the config",
    f"POST {PATHS}/connections:generate": "expiresAt is after issuedAt",
    f"POST {PATHS}/jwt-keys": "publicKeyPem is a key",
    f"POST {INTEGRATION}/objects/{{object}}": "untilTimestamp is after sinceTimestamp; mode fits the other members",
}
REJECTED = "Schema-valid request rejected"

FORMS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "ignored_auth",
]
VALUES = ["positive_data_acceptance", "negative_data_rejection", "missing_required_header"]

# A valid request may name things that do not exist, or contradict another one.
SETTINGS = """
[parameters]
project = "{project}"
integration = "{integration}"
"header.x-amp-proxy-version" = "1"
"header.x-amp-project-id" = "{project}"
"header.x-amp-installation-id" = "{installation}"

[checks.positive_data_acceptance]
expected-statuses = ["2xx", 403, 404, 409, 410, 422]
"""

with open(sys.argv[1], encoding="utf-8") as file:
    SCENE = json.load(file)


def document(door):
    address = f"{SCENE['api']}/v1/openapi.json?door={door}"
    request = urllib.request.Request(address, headers={"x-api-key": SCENE["apiKey"]})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.read()


def run(folder, door):
    """Returns the report of Schemathesis."""
    (folder / "settings.toml").write_text(SETTINGS.format(**SCENE))
    (folder / f"{door}.json").write_bytes(document(door))
    # Pinterest decides about the values of proxied requests.
    checks = FORMS if door == "proxy" else FORMS + VALUES
    command = [sys.executable, "-B", "-m", "schemathesis.cli", "--config-file", "settings.toml", "run", f"{door}.json"]
    command += ["--url", SCENE[door], "-H", f"X-Api-Key: {SCENE['operatorKey']}", "--seed", SEED]
    command += ["--max-examples", str(EXAMPLES[door]), "--checks", ",".join(checks)]
    command += ["--phases", "examples,coverage,fuzzing", "--continue-on-failure", "--no-color"]
    command += ["--generation-database", "none", "--generation-with-security-parameters", "false", "--output-sanitize", "false", "--warnings", "off"]
    command += ["--report", "json", "--report-json-path", "report.json"]
    for operation in REMOVE + PAGES + UNKNOWN_TO_GENERATOR:
        command += ["--exclude-operation-id", operation]
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    print(ended.stdout, ended.stderr, sep="\n", file=sys.stderr)
    return json.loads((folder / "report.json").read_text())


operations = requests = 0
differences = []
for door in EXAMPLES:
    with tempfile.TemporaryDirectory() as name:
        report = run(pathlib.Path(name), door)
    operations += report["operations"]["tested"]
    requests += report["test_cases"]["generated"]
    for failure in report["failures"]:
        for operation in failure["operations"]:
            if failure["title"] != REJECTED or operation not in RULES_BEYOND_SCHEMAS:
                differences.append(f"{door}: {failure['title']}: {operation}")
    differences += [f"{door}: {error}" for error in report["errors"]]
    if not report["complete"]:
        differences.append(f"{door}: the run stopped early: {report['stop_reason']}")
print(
    json.dumps(
        {
            "client": f"schemathesis {metadata.version('schemathesis')}",
            "summary": f"{requests} requests to {operations} operations of {len(EXAMPLES)} doors",
            "differences": differences,
        }
    )
)

"""Verifies messages that Pinferry signed, with the libraries of Svix and of Standard Webhooks.

A message with another body, id, time or key has to be refused. Usage: webhooks.py SCENE.json
"""

import base64
import json
import sys
from importlib import metadata

import standardwebhooks
import svix

with open(sys.argv[1], encoding="utf-8") as file:
    SCENE = json.load(file)

OTHER_KEY = "whsec_" + base64.b64encode(b"another key of 24 bytes!").decode()
LIBRARIES = {"svix": svix.Webhook, "standardwebhooks": standardwebhooks.Webhook}


def altered(headers, name, change):
    """Returns the headers with another value of one, under the names of both standards."""
    return {**headers, **{f"{prefix}-{name}": change(headers[f"{prefix}-{name}"]) for prefix in ("svix", "webhook")}}


def is_taken(library, key, body, headers):
    try:
        library(key).verify(body, headers)
        return True
    except (svix.WebhookVerificationError, standardwebhooks.WebhookVerificationError):
        return False


def changes(key, body, headers):
    yield "another body", key, body.replace('"', '" ', 1), headers
    yield "a shorter body", key, body[:-1], headers
    yield "another id", key, body, altered(headers, "id", lambda text: text + "x")
    yield "another time", key, body, altered(headers, "timestamp", lambda text: str(int(text) + 1))
    yield "an old time", key, body, altered(headers, "timestamp", lambda text: str(int(text) - 3600))
    yield "no signature", key, body, altered(headers, "signature", lambda text: "")
    yield "another key", OTHER_KEY, body, headers


differences = []
verified = refused = 0
for message in SCENE["messages"]:
    for name, library in LIBRARIES.items():
        if is_taken(library, SCENE["signingKey"], message["body"], message["headers"]):
            verified += 1
        else:
            differences.append(f"{name} refuses message {message['headers'].get('webhook-id')}")
        for change, key, body, headers in changes(SCENE["signingKey"], message["body"], message["headers"]):
            if is_taken(library, key, body, headers):
                differences.append(f"{name} takes a message with {change}")
            else:
                refused += 1
if not SCENE["messages"]:
    differences.append("no message arrived")
print(
    json.dumps(
        {
            "client": ", ".join(f"{name} {metadata.version(name)}" for name in LIBRARIES),
            "summary": f"{verified} verifications of {len(SCENE['messages'])} messages, {refused} changed ones refused",
            "differences": differences,
        }
    )
)

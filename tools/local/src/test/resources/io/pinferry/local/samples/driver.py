"""Prints for each line of the standard input whether the sample accepts it."""

import base64
import sys

from webhook import verify

NAMES = ["webhook-id", "webhook-timestamp", "webhook-signature"]
for line in sys.stdin.read().splitlines():
    key, body, *values = line.split("\t")
    headers = {name: value for name, value in zip(NAMES, values) if value != "-"}
    print(str(verify(headers, base64.b64decode(body), key)).lower())

"""Serves moto on a free port of 127.0.0.1, one request at a time, and prints its address.

moto's conditional writes are not atomic between threads: two writers may both win. AWS's are, so requests are taken one after the other
here. A receive that waits for messages would hold up all others. So it does not wait in moto, and asks again after each change of a queue,
until its time is over. moto itself stays unmodified. Usage: moto_server.py
"""

import io
import json
import threading
import time

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

RECEIVE = "AmazonSQS.ReceiveMessage"
CHANGES = ("AmazonSQS.SendMessage", "AmazonSQS.ChangeMessageVisibility")

# Messages also become visible by themselves.
PAUSE_SECONDS = 0.5


class OneAtATime:
    """The application behind a lock."""

    def __init__(self, application):
        self.application = application
        self.changed = threading.Condition()

    def __call__(self, environ, start_response):
        target = environ.get("HTTP_X_AMZ_TARGET", "")
        with self.changed:
            if target == RECEIVE:
                return self.receive(environ, start_response)
            answer = list(self.application(environ, start_response))
            if target.startswith(CHANGES):
                self.changed.notify_all()
            return answer

    def receive(self, environ, start_response):
        request = json.loads(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
        end = time.monotonic() + request.get("WaitTimeSeconds", 0)
        body = json.dumps({**request, "WaitTimeSeconds": 0}).encode()
        while True:
            heads = []
            again = {**environ, "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
            answer = list(self.application(again, lambda *head: heads.append(head)))
            found = b'"Messages"' in b"".join(answer) or not heads[-1][0].startswith("200")
            rest = end - time.monotonic()
            if found or rest <= 0:
                start_response(*heads[-1])
                return answer
            # Others are answered meanwhile.
            self.changed.wait(min(rest, PAUSE_SECONDS))


class SilentHandler(MotoRequestHandler):
    """Writes no line per request."""

    def log_request(self, code="-", size="-"):
        pass


server = make_server(
    "127.0.0.1",
    0,
    OneAtATime(DomainDispatcherApplication(create_backend_app)),
    threaded=True,
    request_handler=SilentHandler,
)
print(f"http://127.0.0.1:{server.port}", flush=True)
server.serve_forever()

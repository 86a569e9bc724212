package io.pinferry.net;

/** Sends HTTP requests. Redirects are ordinary answers; nothing is repeated. */
public interface HttpTransport {
  /**
   * Sends the request and waits for the whole answer, or for its head if the call takes no body.
   *
   * @throws TransportFailure if no such answer came
   */
  HttpAnswer send(HttpCall call) throws TransportFailure;
}

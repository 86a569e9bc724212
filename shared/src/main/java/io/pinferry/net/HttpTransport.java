package io.pinferry.net;

/** Sends HTTP requests. Redirects are ordinary answers; nothing is repeated. */
public interface HttpTransport {
  /**
   * Sends the request and waits for the whole answer.
   *
   * @throws TransportFailure if no whole answer came
   */
  HttpAnswer send(HttpCall call) throws TransportFailure;
}

package io.pinferry.http;

import io.pinferry.base.PinferryException;
import java.util.List;

/** Does what the requests of a door ask for. */
public interface RequestService {
  /**
   * Answers one request.
   *
   * @param log takes what is known of the request before it is answered
   * @throws PinferryException if the request cannot be served; {@link Problems} says how that looks
   */
  ApiResponse answer(ApiRequest request, RequestLog log);

  /** Returns the routes that are answered; empty if any path is. */
  default List<Route> routes() {
    return List.of();
  }
}

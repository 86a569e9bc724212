package io.pinferry.http;

import io.pinferry.base.PinferryException;
import java.util.List;

/** Answers the requests of a door. */
public interface RequestService {
  /**
   * Answers a request.
   *
   * @param log takes notes about the request
   * @throws PinferryException if the request fails; {@link Problems} makes the answer
   */
  ApiResponse answer(ApiRequest request, RequestLog log);

  /** Returns the routes; empty if all paths are answered. */
  default List<Route> routes() {
    return List.of();
  }
}

package io.pinferry.management;

import io.pinferry.base.Deadline;
import io.pinferry.base.Issue;
import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.connection.TokenMoves;
import io.pinferry.http.ApiResponse;
import io.pinferry.http.Permission;
import io.pinferry.http.Route;
import io.pinferry.http.RouteCall;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Moves of tokens from one store to the other, on an operator's request. */
final class TokenMoveRoutes {
  /** How long a request may move tokens. API Gateway waits for 30 s; the last move takes some. */
  private static final Duration MOVE_MAX = Duration.ofSeconds(12);

  private static final String CURSOR = "cursor";

  private final @Nullable TokenMoves moves;
  private final InstantSource clock;

  /**
   * @param moves null if the deployment has one store of tokens
   */
  TokenMoveRoutes(@Nullable TokenMoves moves, InstantSource clock) {
    this.moves = moves;
    this.clock = clock;
  }

  List<Route> routes() {
    return List.of(Route.post("/v1/token-moves", Permission.TOKEN_MOVE, this::move).taking(CURSOR));
  }

  private ApiResponse move(RouteCall call) {
    if (moves == null) {
      throw new Conflict(
          "tokens cannot move: the deployment has one store of tokens",
          "deploy with the parameter MoveTokens set to true");
    }
    try {
      return ApiResponse.json(
          200,
          moves.move(
              call.query(CURSOR).orElse(null), new Deadline(clock.instant().plus(MOVE_MAX))));
    } catch (IllegalArgumentException e) {
      throw Issue.query(CURSOR, "is none that an answer of this request has given").malformed();
    }
  }
}

package io.pinferry.connection;

import static io.pinferry.base.Field.field;

import io.pinferry.base.CodePoints;
import io.pinferry.base.IdSource;
import io.pinferry.base.Log;
import io.pinferry.base.PinferryException;
import io.pinferry.base.Secret;
import io.pinferry.base.ShownText;
import io.pinferry.connection.ConnectionKeeper.Grant;
import io.pinferry.connection.ConnectionKeeper.Party;
import io.pinferry.connection.OauthStates.Arrival;
import io.pinferry.connection.OauthStates.Journey;
import io.pinferry.directory.Connection;
import io.pinferry.directory.ConnectionId;
import io.pinferry.directory.ConnectionRepository;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.ProjectRepository;
import io.pinferry.directory.ProviderApp;
import io.pinferry.directory.ProviderAppRepository;
import io.pinferry.directory.SecretStore;
import io.pinferry.pinterest.PinterestOauth;
import io.pinferry.pinterest.PinterestOauth.TokenAnswer;
import io.pinferry.pinterest.PinterestOauth.User;
import io.pinferry.timer.TimerStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Handles the return of a customer from Pinterest: exchanges the code for tokens and stores them.
 */
final class OauthCallback {
  /** Far longer than any code that was seen. A longer text is not a code. */
  private static final int CODE_LENGTH_MAX = 4_096;

  private static final int STATE_LENGTH_MAX = 128;
  private static final int ERROR_LENGTH_MAX = 100;

  /** A request ends before, since API Gateway waits for 30 s. */
  private static final Duration EXCHANGE_MAX = Duration.ofSeconds(30);

  private final ProjectRepository projects;
  private final ProviderAppRepository apps;
  private final OauthStates states;
  private final SecretStore secrets;
  private final PinterestOauth oauth;
  private final ConnectionKeeper keeper;
  private final InstantSource clock;

  OauthCallback(
      DirectoryStore store,
      SecretStore secrets,
      TimerStore timers,
      PinterestOauth oauth,
      IdSource ids,
      InstantSource clock) {
    this.projects = new ProjectRepository(store);
    this.apps = new ProviderAppRepository(store);
    this.states = new OauthStates(store);
    this.secrets = secrets;
    this.oauth = oauth;
    this.keeper =
        new ConnectionKeeper(new ConnectionRepository(store), secrets, timers, ids, clock);
    this.clock = clock;
  }

  /** The result of a return from Pinterest. */
  sealed interface Outcome {
    /** The end of an attempt to connect. */
    sealed interface End extends Outcome {}

    /**
     * The connection is stored and can be used.
     *
     * @param text for the customer: what is connected to whom
     */
    record Success(ConnectionId connection, String text) implements End {}

    /**
     * There is no new connection, and an existing connection has not changed.
     *
     * @param text for the customer
     */
    record Failure(int status, String text) implements End {}

    /** Another request for the same page exchanges the code at this moment. */
    record Pending() implements Outcome {}
  }

  /**
   * The query of the return; null for absent parameters.
   *
   * @param error an error word of RFC 6749; Pinterest sends it instead of a code
   */
  record Return(@Nullable String state, @Nullable String code, @Nullable String error) {
    /** Shows neither the code nor the state. */
    @Override
    public String toString() {
      return "return with " + (code == null ? "error " + error : "a code");
    }
  }

  /** Handles a return. The state is consumed in any case. */
  Outcome accept(Return from, Log log) {
    String state = from.state();
    if (state == null || state.isEmpty() || state.length() > STATE_LENGTH_MAX) {
      return new Outcome.Failure(400, "This address is incomplete.");
    }
    Optional<Journey> journey = states.consume(state, clock.instant());
    if (journey.isEmpty()) {
      return again(state, log);
    }
    Outcome.End outcome;
    try {
      outcome = accept(from, journey.get(), log);
    } catch (PinferryException e) {
      // This failure goes to a person as a page, not to a program as a document.
      log.warn("connecting failed", e);
      outcome = new Outcome.Failure(409, "The account could not be connected.");
    }
    Party party = journey.get().party();
    switch (outcome) {
      case Outcome.Success connected ->
          log.info(
              "connected",
              field("project", party.project()),
              field("connection", connected.connection()));
      case Outcome.Failure failed ->
          log.info(
              "not connected", field("project", party.project()), field("reason", failed.text()));
    }
    remember(state, outcome, log);
    return outcome;
  }

  /** Returns the outcome of a state that was consumed before: a page may be loaded again. */
  private Outcome again(String state, Log log) {
    Optional<Arrival> arrival = states.findArrival(state);
    if (arrival.isEmpty()) {
      log.info("return from Pinterest without a journey");
      return new Outcome.Failure(
          400, "This attempt to connect has expired or was completed before.");
    }
    log.info("return from Pinterest is shown again");
    String text = arrival.get().text();
    String connection = arrival.get().connection();
    Integer status = arrival.get().status();
    if (text == null) {
      return clock.instant().isBefore(arrival.get().startedAt().plus(EXCHANGE_MAX))
          ? new Outcome.Pending()
          : new Outcome.Failure(409, "This attempt to connect was not completed.");
    }
    return connection == null
        ? new Outcome.Failure(status == null ? 400 : status, text)
        : new Outcome.Success(new ConnectionId(connection), text);
  }

  private void remember(String state, Outcome.End outcome, Log log) {
    Instant now = clock.instant();
    Arrival arrival =
        switch (outcome) {
          case Outcome.Success connected ->
              new Arrival(now, connected.connection().value(), null, connected.text());
          case Outcome.Failure failed -> new Arrival(now, null, failed.status(), failed.text());
        };
    try {
      states.arrived(state, arrival);
    } catch (PinferryException e) {
      log.warn("the page of a return is not kept", e);
    }
  }

  private Outcome.End accept(Return from, Journey journey, Log log) {
    String error = from.error();
    if (error != null && !error.isEmpty()) {
      return new Outcome.Failure(
          400,
          error.equals("access_denied")
              ? "Access was declined."
              : "Pinterest did not grant access ("
                  + CodePoints.clipped(error, ERROR_LENGTH_MAX)
                  + ").");
    }
    String code = from.code();
    if (code == null || code.isEmpty() || code.length() > CODE_LENGTH_MAX) {
      return new Outcome.Failure(400, "Pinterest sent no authorization code.");
    }
    Optional<AppClient> app =
        AppClient.find(apps, secrets, journey.party().project(), journey.party().app());
    if (app.isEmpty()) {
      return new Outcome.Failure(409, "The app was removed meanwhile.");
    }
    TokenAnswer answer =
        oauth.exchange(app.get().client(), new Secret(code), journey.redirectUri());
    return switch (answer) {
      case TokenAnswer.Tokens granted -> keep(journey, app.get().app(), granted);
      case TokenAnswer.Refusal refused -> {
        log.warn("authorization code refused", field("answer", refused.message()));
        yield new Outcome.Failure(
            502, "Pinterest did not accept the authorization. " + refused.message() + ".");
      }
      case TokenAnswer.AppRefusal refused -> {
        AppRefusals.note(apps, app.get().app(), refused.message(), clock.instant(), log);
        yield new Outcome.Failure(
            502,
            "This product is not set up at Pinterest as it should be. Its support has to mend that;"
                + " your Pinterest account is fine.");
      }
      case TokenAnswer.Outage unavailable -> {
        log.warn("authorization code not exchanged", field("answer", unavailable.message()));
        yield new Outcome.Failure(503, "Pinterest does not answer at the moment.");
      }
    };
  }

  private Outcome.End keep(Journey journey, ProviderApp app, TokenAnswer.Tokens granted) {
    List<String> scopes = granted.scopes().isEmpty() ? app.scopes() : granted.scopes();
    Optional<User> user =
        scopes.contains(PinterestOauth.USER_ACCOUNT_SCOPE)
            ? oauth.findUser(granted.accessToken())
            : Optional.empty();
    Connection connection =
        keeper.keep(
            journey.party(),
            app.provider(),
            new Grant(
                granted.accessToken(),
                granted.refreshToken(),
                granted.accessExpiresAt(),
                granted.refreshExpiresAt(),
                scopes,
                clock.instant(),
                user.orElse(null)),
            journey.begunAt());
    return new Outcome.Success(connection.id(), told(connection));
  }

  /** Somebody who followed another person's link must see what was connected to whom. */
  private String told(Connection connection) {
    String account = connection.access().userName();
    String product =
        projects
            .find(connection.project())
            .map(found -> " to " + shown(found.value().appName()))
            .orElse("");
    return "The Pinterest account%s is connected%s for %s."
        .formatted(
            account == null ? "" : " " + shown(account),
            product,
            shown(connection.owner().group().name()));
  }

  private static String shown(String name) {
    return ShownText.isolated(CodePoints.clipped(name, ERROR_LENGTH_MAX));
  }
}

package io.pinferry.connection;

import io.pinferry.base.IdSource;
import io.pinferry.base.Issue;
import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.base.PinferryException.InvalidRequest;
import io.pinferry.connection.ConnectionKeeper.Party;
import io.pinferry.connection.OauthStates.Journey;
import io.pinferry.directory.Connection;
import io.pinferry.directory.ConnectionRepository;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.Ids;
import io.pinferry.directory.ProjectId;
import io.pinferry.directory.ProviderApp;
import io.pinferry.directory.ProviderAppId;
import io.pinferry.directory.ProviderAppRepository;
import io.pinferry.directory.Snapshot;
import io.pinferry.pinterest.PinterestOauth;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** Makes the addresses at Pinterest where customers grant access, the first time or again. */
final class OauthConnect {
  /** How long a customer may take at Pinterest. */
  static final Duration STATE_TTL = Duration.ofMinutes(10);

  /** The path of the return from Pinterest, at the api door. */
  static final String CALLBACK_PATH = "/callbacks/v1/oauth";

  /** The path of the page before Pinterest, at the api door. */
  static final String PAGE_PATH = "/v1/oauth-connect";

  private static final int STATE_BYTES = 32;

  private final ConnectionRepository connections;
  private final ProviderAppRepository apps;
  private final OauthStates states;
  private final PinterestOauth oauth;
  private final IdSource ids;
  private final InstantSource clock;

  OauthConnect(DirectoryStore store, PinterestOauth oauth, IdSource ids, InstantSource clock) {
    this.connections = new ConnectionRepository(store);
    this.apps = new ProviderAppRepository(store);
    this.states = new OauthStates(store);
    this.oauth = oauth;
    this.ids = ids;
    this.clock = clock;
  }

  /**
   * Returns the address at which a consumer of a group grants access.
   *
   * @param publicUrl the origin of the api door
   * @throws InvalidRequest if the project has no such provider app, or none at all
   * @throws Conflict if the group has a connection that may not be replaced
   */
  URI start(ProjectId project, ConnectRequest request, URI publicUrl) {
    ProviderApp app = app(project, request);
    var party =
        new Party(
            project,
            request.groupRef(),
            request.groupName(),
            request.consumerRef(),
            request.consumerName(),
            app.id(),
            null,
            request.onlyOwn());
    connections
        .findOfGroup(project, app.provider(), request.groupRef())
        .ifPresent(existing -> party.requireOwn(existing.value()));
    Start start = send(party, app, publicUrl);
    return request.withPage()
        ? URI.create(publicUrl + PAGE_PATH + "?state=" + start.state())
        : start.authorizeUrl();
  }

  /**
   * Returns the address at which a consumer grants access again for a connection.
   *
   * @throws Conflict if the project has no provider app
   */
  URI restart(Connection connection, URI publicUrl) {
    ProjectId project = connection.project();
    ProviderAppId appId = connection.access().app();
    ProviderApp app =
        Optional.ofNullable(appId)
            .flatMap(id -> apps.find(project, id))
            .map(Snapshot::value)
            .or(() -> apps.findDefault(project, connection.provider()))
            .orElseThrow(
                () ->
                    new Conflict(
                        "the project has no provider app for " + connection.provider(),
                        "create one: POST /v1/projects/{project}/provider-apps"));
    var party =
        new Party(
            project,
            connection.owner().group().ref(),
            null,
            connection.owner().consumer().ref(),
            null,
            app.id(),
            connection.id(),
            false);
    return send(party, app, publicUrl).authorizeUrl();
  }

  /** A journey that can begin, and the address at Pinterest where it does. */
  record Departure(Party party, URI authorizeUrl) {}

  /** Finds the journey of a state that was not used yet. */
  Optional<Departure> findDeparture(String state) {
    Optional<Journey> journey = states.find(state);
    if (journey.isEmpty()) {
      return Optional.empty();
    }
    Party party = journey.get().party();
    return Optional.ofNullable(party.app())
        .flatMap(id -> apps.find(party.project(), id))
        .map(
            app ->
                new Departure(
                    party, authorizeUrl(app.value(), journey.get().redirectUri(), state)));
  }

  private ProviderApp app(ProjectId project, ConnectRequest request) {
    String id = request.providerAppId();
    if (id == null) {
      return apps.findDefault(project, PinterestOauth.PROVIDER)
          .orElseThrow(
              () ->
                  new InvalidRequest(
                      InvalidRequest.Kind.MALFORMED,
                      "the project has no provider app for " + PinterestOauth.PROVIDER,
                      "create one: POST /v1/projects/{project}/provider-apps",
                      List.of(
                          Issue.body(
                              "provider",
                              PinterestOauth.PROVIDER,
                              "the project has no provider app for it"))));
    }
    return (Ids.isUuid(id)
            ? apps.find(project, new ProviderAppId(id))
            : Optional.<Snapshot<ProviderApp>>empty())
        .orElseThrow(
            () ->
                Issue.body("providerAppId", id, "the project has no such provider app").malformed())
        .value();
  }

  private record Start(String state, URI authorizeUrl) {}

  private Start send(Party party, ProviderApp app, URI publicUrl) {
    if (app.scopes().isEmpty()) {
      throw new Conflict(
          "provider app " + app.id() + " has no scopes, and Pinterest grants none unasked",
          "set its scopes: PATCH /v1/projects/{project}/provider-apps/{providerApp}");
    }
    URI redirectUri = URI.create(publicUrl + CALLBACK_PATH);
    String state = Base64.getUrlEncoder().withoutPadding().encodeToString(ids.secret(STATE_BYTES));
    Instant now = clock.instant();
    states.create(state, new Journey(party, redirectUri, now), now.plus(STATE_TTL));
    return new Start(state, authorizeUrl(app, redirectUri, state));
  }

  private URI authorizeUrl(ProviderApp app, URI redirectUri, String state) {
    return oauth.authorizeUrl(
        app.clientId(), redirectUri, app.scopes(), state, app.metadata().authQueryParams());
  }
}

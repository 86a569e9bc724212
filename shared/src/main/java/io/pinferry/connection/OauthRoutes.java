package io.pinferry.connection;

import io.pinferry.base.IdSource;
import io.pinferry.connection.OauthCallback.Outcome;
import io.pinferry.connection.OauthCallback.Return;
import io.pinferry.connection.OauthConnect.Departure;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.Group;
import io.pinferry.directory.ProjectId;
import io.pinferry.directory.ProjectRepository;
import io.pinferry.directory.SecretStore;
import io.pinferry.http.ApiResponse;
import io.pinferry.http.JsonBody;
import io.pinferry.http.Permission;
import io.pinferry.http.PublicUrl;
import io.pinferry.http.Route;
import io.pinferry.http.RouteCall;
import io.pinferry.pinterest.PinterestOauth;
import io.pinferry.timer.TimerStore;
import java.net.URI;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** The routes to Pinterest and back. */
public final class OauthRoutes {
  private static final int NONCE_BYTES = 16;

  private final ProjectRepository projects;
  private final OauthConnect connect;
  private final OauthCallback callback;
  private final PublicUrl publicUrl;
  private final IdSource ids;

  private OauthRoutes(
      DirectoryStore directory,
      SecretStore secrets,
      TimerStore timers,
      PinterestOauth oauth,
      String publicApiUrl,
      IdSource ids,
      InstantSource clock) {
    this.projects = new ProjectRepository(directory);
    this.connect = new OauthConnect(directory, oauth, ids, clock);
    this.callback = new OauthCallback(directory, secrets, timers, oauth, ids, clock);
    this.publicUrl = new PublicUrl(publicApiUrl);
    this.ids = ids;
  }

  /**
   * Returns the routes.
   *
   * @param publicApiUrl the origin of the api door without a trailing slash; empty for the host of
   *     each request
   */
  public static List<Route> of(
      DirectoryStore directory,
      SecretStore secrets,
      TimerStore timers,
      PinterestOauth oauth,
      String publicApiUrl,
      IdSource ids,
      InstantSource clock) {
    var routes = new OauthRoutes(directory, secrets, timers, oauth, publicApiUrl, ids, clock);
    return List.of(
        Route.post(OauthConnect.PAGE_PATH, Permission.CONNECTION_START, routes::start),
        Route.get(OauthConnect.PAGE_PATH, Permission.OAUTH_CALLBACK, routes::depart)
            .taking("state"),
        Route.get(OauthConnect.CALLBACK_PATH, Permission.OAUTH_CALLBACK, routes::comeBack)
            .takingAnything());
  }

  private record Start(String project, ConnectRequest request) {}

  private ApiResponse start(RouteCall call) {
    Start start = call.body(body -> start(body, call.caller().customer() != null));
    ProjectId project = projects.get(call.ownProject(start.project())).value().id();
    call.requireOwnGroup(start.request().groupRef());
    call.requireOwnConsumer(start.request().consumerRef());
    URI url = connect.start(project, start.request(), publicUrl.of(call.request()));
    return ApiResponse.plainText(200, url.toString());
  }

  private static Start start(JsonBody body, boolean onlyOwn) {
    // Ampersand's SDK 0.2.3 says projectId.
    Optional<String> old = body.given("projectId");
    String project =
        old.isPresent() && body.given("projectIdOrName").isEmpty()
            ? old.get()
            : body.requireText("projectIdOrName");
    body.requireChoice("provider", List.of(PinterestOauth.PROVIDER));
    // Clients send these, but they change nothing: there always is a state, and Pinterest has
    // neither workspaces nor metadata.
    body.flag("enableCSRFProtection", false);
    body.object("providerMetadata");
    body.text("providerWorkspaceRef");
    return new Start(
        project,
        new ConnectRequest(
            body.requireText("groupRef", Group.REF_LENGTH_MAX),
            body.given("groupName").orElse(null),
            body.requireText("consumerRef", Group.REF_LENGTH_MAX),
            body.given("consumerName").orElse(null),
            body.given("providerAppId").orElse(null),
            onlyOwn,
            body.flag("connectPage", false)));
  }

  private ApiResponse depart(RouteCall call) {
    Optional<Departure> departure = call.query("state").flatMap(connect::findDeparture);
    Optional<String> product =
        departure
            .flatMap(found -> projects.find(found.party().project()))
            .map(project -> project.value().appName());
    return departure.isEmpty() || product.isEmpty()
        ? PopupPage.of(
            new Outcome.Failure(400, "This link has expired or was used before."), nonce())
        : PopupPage.before(
            product.get(),
            departure.get().party().shownGroup(),
            departure.get().authorizeUrl(),
            nonce());
  }

  private ApiResponse comeBack(RouteCall call) {
    Outcome outcome;
    try {
      outcome =
          callback.accept(
              new Return(
                  call.query("state").orElse(null),
                  call.query("code").orElse(null),
                  call.query("error").orElse(null)),
              call.log());
    } catch (RuntimeException e) {
      // Only this route answers with a page: the popup could not close on a problem document.
      call.log().error("return from Pinterest failed", e);
      outcome = new Outcome.Failure(500, "Something went wrong on our side.");
    }
    return PopupPage.of(outcome, nonce());
  }

  private String nonce() {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(ids.secret(NONCE_BYTES));
  }
}

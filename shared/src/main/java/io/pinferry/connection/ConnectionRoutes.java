package io.pinferry.connection;

import static io.pinferry.base.Field.field;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Attempts;
import io.pinferry.base.IdSource;
import io.pinferry.base.Issue;
import io.pinferry.base.Json;
import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.base.PinferryException.NotFound;
import io.pinferry.base.PinferryException.ProviderRejected;
import io.pinferry.base.Secret;
import io.pinferry.connection.ConnectionKeeper.Grant;
import io.pinferry.connection.ConnectionKeeper.Party;
import io.pinferry.directory.Connection;
import io.pinferry.directory.ConnectionNotes;
import io.pinferry.directory.ConnectionRepository;
import io.pinferry.directory.ConnectionViews;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.Group;
import io.pinferry.directory.InstallationRepository;
import io.pinferry.directory.NotificationType;
import io.pinferry.directory.ProjectId;
import io.pinferry.directory.ProjectRepository;
import io.pinferry.directory.ProviderApp;
import io.pinferry.directory.ProviderAppId;
import io.pinferry.directory.ProviderAppRepository;
import io.pinferry.directory.SecretStore;
import io.pinferry.directory.Snapshot;
import io.pinferry.http.ApiResponse;
import io.pinferry.http.JsonBody;
import io.pinferry.http.Permission;
import io.pinferry.http.PublicUrl;
import io.pinferry.http.Route;
import io.pinferry.http.RouteCall;
import io.pinferry.notification.Notification;
import io.pinferry.notification.Outbox;
import io.pinferry.pinterest.PinterestOauth;
import io.pinferry.pinterest.PinterestProvider;
import io.pinferry.timer.TimerStore;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The routes of the api door for connections and providers. */
public final class ConnectionRoutes {
  private static final int CHANGE_ATTEMPTS_MAX = 5;
  private static final int TOKEN_LENGTH_MAX = 8_192;
  private static final int SCOPES_MAX = 100;

  /** Characters that an Authorization header or a form can hold. */
  private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]+");

  private static final List<String> OTHER_CREDENTIALS =
      List.of(
          "apiKey",
          "basicAuth",
          "customAuth",
          "oauth2ClientCredentials",
          "oauth2PasswordCredentials");

  private final ProjectRepository projects;
  private final ConnectionRepository connections;
  private final InstallationRepository installations;

  private final ProviderAppRepository apps;
  private final ConnectionKeeper keeper;
  private final OauthConnect connect;
  private final PublicUrl publicUrl;
  private final Parts parts;

  private ConnectionRoutes(Parts parts) {
    this.parts = parts;
    this.projects = new ProjectRepository(parts.directory());
    this.connections = new ConnectionRepository(parts.directory());
    this.installations = new InstallationRepository(parts.directory());

    this.apps = new ProviderAppRepository(parts.directory());
    this.keeper =
        new ConnectionKeeper(
            connections, parts.secrets(), parts.timers(), parts.ids(), parts.clock());
    this.connect = new OauthConnect(parts.directory(), parts.oauth(), parts.ids(), parts.clock());
    this.publicUrl = new PublicUrl(parts.publicApiUrl());
  }

  /**
   * The dependencies of the routes.
   *
   * @param publicApiUrl the origin of the api door without a trailing slash; empty for the host of
   *     each request
   */
  public record Parts(
      DirectoryStore directory,
      SecretStore secrets,
      TimerStore timers,
      AccessTokens tokens,
      PinterestOauth oauth,
      String publicApiUrl,
      IdSource ids,
      InstantSource clock) {}

  public static List<Route> of(Parts parts) {
    var routes = new ConnectionRoutes(parts);
    String all = "/v1/projects/{project}/connections";
    String one = all + "/{connection}";
    return List.of(
        Route.get("/v1/providers", Permission.PROVIDER_READ, ConnectionRoutes::providers),
        Route.get("/v1/providers/{provider}", Permission.PROVIDER_READ, ConnectionRoutes::provider),
        Route.get(all, Permission.CONNECTION_LIST, routes::list)
            .taking("provider", "groupRef", "consumerRef"),
        Route.post(all + ":generate", Permission.CONNECTION_CHANGE, routes::generate),
        Route.get(one, Permission.CONNECTION_READ, routes::get)
            .taking("includeCreds", "includeRefreshToken", "refresh"),
        Route.patch(one, Permission.CONNECTION_CHANGE, routes::change),
        Route.delete(one, Permission.CONNECTION_DELETE, routes::delete),
        Route.patch(one + ":oauth-update", Permission.CONNECTION_RESTART, routes::restart));
  }

  private static ApiResponse providers(RouteCall call) {
    ObjectNode all = Json.object();
    all.set(PinterestOauth.PROVIDER, PinterestProvider.info());
    return ApiResponse.json(200, all);
  }

  private static ApiResponse provider(RouteCall call) {
    if (!call.variable("provider").equals(PinterestOauth.PROVIDER)) {
      throw new NotFound(
          "there is no provider " + call.variable("provider"),
          "the only one is " + PinterestOauth.PROVIDER);
    }
    return ApiResponse.json(200, PinterestProvider.info());
  }

  private ApiResponse list(RouteCall call) {
    ProjectId project = project(call);
    List<Snapshot<Connection>> found =
        connections.list(
            project,
            call.filter("provider").orElse(null),
            call.groupRef().orElse(null),
            call.consumerRef().orElse(null));
    var appsById =
        apps.list(project).stream().collect(Collectors.toMap(ProviderApp::id, Function.identity()));
    List<ObjectNode> views = new ArrayList<>();
    for (Snapshot<Connection> connection : found) {
      ProviderAppId app = connection.value().access().app();
      views.add(
          ConnectionViews.connection(connection.value(), app == null ? null : appsById.get(app)));
    }
    return ApiResponse.json(200, views);
  }

  private ApiResponse get(RouteCall call) {
    ProjectId project = project(call);
    boolean includeRefreshToken = call.queryFlag("includeRefreshToken");
    boolean includeCreds = call.queryFlag("includeCreds") || includeRefreshToken;
    Connection connection = find(call, project).value();
    Optional<String> refresh = call.query("refresh");
    if (refresh.isPresent()) {
      parts.tokens().refreshNow(connection, onlyIfExpired(refresh.get()));
      connection = find(call, project).value();
    }
    ObjectNode json = view(connection);
    if (includeCreds) {
      json.set(
          "oauth2AuthorizationCode",
          credentials(parts.tokens().tokens(connection), includeRefreshToken));
    }
    return ApiResponse.json(200, json);
  }

  private static boolean onlyIfExpired(String refresh) {
    return switch (refresh) {
      case "force" -> false;
      case "ifExpired" -> true;
      default -> throw Issue.query("refresh", "must be force or ifExpired").malformed();
    };
  }

  private static ObjectNode credentials(TokenPair pair, boolean includeRefreshToken) {
    ObjectNode json = Json.object();
    json.set("accessToken", token(pair.accessToken(), pair.obtainedAt(), pair.accessExpiresAt()));
    Secret refreshToken = pair.refreshToken();
    if (includeRefreshToken && refreshToken != null) {
      json.set("refreshToken", token(refreshToken, pair.obtainedAt(), pair.refreshExpiresAt()));
    }
    pair.scopes().forEach(json.putArray("scopes")::add);
    return json;
  }

  private static ObjectNode token(Secret token, Instant issuedAt, @Nullable Instant expiresAt) {
    ObjectNode json = Json.object();
    json.put("token", token.value());
    json.put("issuedAt", issuedAt.toString());
    if (expiresAt != null) {
      json.put("expiresAt", expiresAt.toString());
    }
    return json;
  }

  private ApiResponse change(RouteCall call) {
    ConnectionChange change = call.body(ConnectionChange::read);
    ProjectId project = project(call);
    return ApiResponse.json(200, view(changed(() -> find(call, project), change)));
  }

  private Connection changed(Supplier<Snapshot<Connection>> reader, ConnectionChange change) {
    return Attempts.until(CHANGE_ATTEMPTS_MAX, () -> tryChange(reader.get(), change))
        .orElseThrow(() -> Conflict.overtaken("the connection"));
  }

  private Optional<Connection> tryChange(Snapshot<Connection> before, ConnectionChange change) {
    ConnectionNotes notes = change.of(before.value().notes());
    if (notes.equals(before.value().notes())) {
      return Optional.of(before.value());
    }
    Instant now = parts.clock().instant();
    Connection after = before.value().with(notes, now);
    Notification updated =
        Notification.ofConnection(NotificationType.CONNECTION_UPDATED, after, before.version());
    return connections.replace(before, after, Outbox.put(updated, now))
        ? Optional.of(after)
        : Optional.empty();
  }

  private ApiResponse delete(RouteCall call) {
    ProjectId project = project(call);
    // It is read before its use: a new use in between changes its version.
    Connection removed =
        Attempts.until(CHANGE_ATTEMPTS_MAX, () -> tryRemove(find(call, project)))
            .orElseThrow(() -> Conflict.overtaken("the connection"));
    parts.secrets().delete(removed.access().secretName());
    call.log()
        .info("connection removed", field("project", project), field("connection", removed.id()));
    return ApiResponse.noContent();
  }

  private Optional<Connection> tryRemove(Snapshot<Connection> present) {
    Connection connection = present.value();
    if (installations.uses(connection)) {
      throw new Conflict(
          "connection " + connection.id() + " is used by an installation",
          "uninstall what uses it first");
    }
    Notification deleted =
        Notification.ofConnection(
            NotificationType.CONNECTION_DELETED, connection, present.version());
    return connections.remove(present, Outbox.put(deleted, parts.clock().instant()))
        ? Optional.of(connection)
        : Optional.empty();
  }

  private ApiResponse restart(RouteCall call) {
    Connection connection = find(call, project(call)).value();
    URI url = connect.restart(connection, publicUrl.of(call.request()));
    return ApiResponse.plainText(200, url.toString());
  }

  /** Tokens that were granted elsewhere, with their owner. */
  private record Import(
      String groupRef,
      @Nullable String groupName,
      String consumerRef,
      @Nullable String consumerName,
      ImportedToken accessToken,
      @Nullable ImportedToken refreshToken,
      List<String> scopes,
      ConnectionChange notes) {}

  private record ImportedToken(
      Secret token, @Nullable Instant issuedAt, @Nullable Instant expiresAt) {}

  private ApiResponse generate(RouteCall call) {
    Import wanted = call.body(ConnectionRoutes::imported);
    ProjectId project = project(call);
    Optional<ProviderApp> app = apps.findDefault(project, PinterestOauth.PROVIDER);
    // An import without scopes counts as granted the scopes of the app.
    List<String> scopes =
        wanted.scopes().isEmpty()
            ? app.map(ProviderApp::scopes).orElse(List.of())
            : wanted.scopes();
    ImportedToken access = wanted.accessToken();
    ImportedToken refresh = wanted.refreshToken();
    Instant now = parts.clock().instant();
    PinterestOauth.TokenOwner owner = parts.oauth().ownerOf(access.token());
    if (owner.rejection() != null) {
      throw new ProviderRejected(
          "oauth2AuthorizationCode.accessToken.token: Pinterest does not accept this token ("
              + owner.rejection()
              + ")",
          "give a token that was not revoked and has not expired, of Pinterest's host that this"
              + " Pinferry calls (a token of the sandbox does not work in production)",
          List.of());
    }
    Connection kept =
        keeper.keep(
            new Party(
                project,
                wanted.groupRef(),
                wanted.groupName(),
                wanted.consumerRef(),
                wanted.consumerName(),
                app.map(ProviderApp::id).orElse(null),
                null,
                false),
            PinterestOauth.PROVIDER,
            new Grant(
                access.token(),
                refresh == null ? null : refresh.token(),
                access.expiresAt(),
                refresh == null ? null : refresh.expiresAt(),
                scopes,
                access.issuedAt() == null ? now : access.issuedAt(),
                owner.user()),
            now);
    Connection connection =
        changed(() -> connections.get(project, kept.id().value(), found -> true), wanted.notes());
    call.log()
        .info(
            "connection imported", field("project", project), field("connection", connection.id()));
    return ApiResponse.json(201, view(connection));
  }

  private static Import imported(JsonBody body) {
    body.requireChoice("provider", List.of(PinterestOauth.PROVIDER));
    for (String other : OTHER_CREDENTIALS) {
      if (body.tree(other).filter(value -> !isZero(value)).isPresent()) {
        body.issue(other, "cannot be used for Pinterest; give oauth2AuthorizationCode");
      }
    }
    JsonBody credentials = body.requireObject("oauth2AuthorizationCode");
    return new Import(
        body.requireText("groupRef", Group.REF_LENGTH_MAX),
        body.given("groupName").orElse(null),
        body.requireText("consumerRef", Group.REF_LENGTH_MAX),
        body.given("consumerName").orElse(null),
        token(credentials.requireObject("accessToken")),
        credentials.object("refreshToken").map(ConnectionRoutes::token).orElse(null),
        credentials.texts("scopes", SCOPES_MAX),
        ConnectionChange.imported(body));
  }

  /** Returns whether a value is what a client sends for nothing. */
  private static boolean isZero(JsonNode value) {
    return value.isValueNode()
        ? value.asText().isEmpty()
        : value.valueStream().allMatch(ConnectionRoutes::isZero);
  }

  private static ImportedToken token(JsonBody body) {
    String token = body.requireText("token", TOKEN_LENGTH_MAX);
    if (!token.isBlank() && !TOKEN.matcher(token).matches()) {
      body.issue("token", "holds characters that no token has");
    }
    Instant issuedAt = body.instant("issuedAt").orElse(null);
    Instant expiresAt = body.instant("expiresAt").orElse(null);
    if (issuedAt != null && expiresAt != null && !issuedAt.isBefore(expiresAt)) {
      body.issue("expiresAt", expiresAt.toString(), "must be after issuedAt");
    }
    return new ImportedToken(new Secret(token), issuedAt, expiresAt);
  }

  private ObjectNode view(Connection connection) {
    ProviderAppId id = connection.access().app();
    ProviderApp app =
        id == null ? null : apps.find(connection.project(), id).map(Snapshot::value).orElse(null);
    return ConnectionViews.connection(connection, app);
  }

  /** Finds the connection of the path, if the caller may see it. */
  private Snapshot<Connection> find(RouteCall call, ProjectId project) {
    return connections.get(
        project,
        call.variable("connection"),
        found -> call.caller().sees(found.owner().group().ref(), found.owner().consumer().ref()));
  }

  private ProjectId project(RouteCall call) {
    return projects.get(call.project()).value().id();
  }
}

package io.pinferry.management;

import static io.pinferry.base.Field.field;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.IdSource;
import io.pinferry.base.Issue;
import io.pinferry.base.Json;
import io.pinferry.base.Log;
import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.base.Secret;
import io.pinferry.directory.ConnectionRepository;
import io.pinferry.directory.ConnectionViews;
import io.pinferry.directory.DirectoryStore;
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
import io.pinferry.http.Route;
import io.pinferry.http.RouteCall;
import io.pinferry.http.UpdateMask;
import io.pinferry.pinterest.PinterestOauth;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Provider apps. No answer has a client secret. */
final class ProviderAppRoutes {
  private static final int CREDENTIAL_LENGTH_MAX = 512;
  private static final int SCOPES_MAX = 100;
  private static final int PARAMETERS_MAX = 50;

  /** The length of all metadata together: an authorize URL must not be much longer. */
  private static final int METADATA_LENGTH_MAX = 8_192;

  /** Has no colon, since a colon ends the client id in HTTP Basic. */
  private static final Pattern CLIENT_ID = Pattern.compile("[\\x21-\\x39\\x3b-\\x7e]+");

  private static final Pattern CLIENT_SECRET = Pattern.compile("[\\x21-\\x7e]+");

  /** Has no comma and no blank, since they would make two scopes of it. */
  private static final Pattern SCOPE = Pattern.compile("[a-z_]{1,40}:[a-z_]{1,40}");

  private static final List<String> CHANGEABLE =
      List.of("externalRef", "clientId", "clientSecret", "provider", "scopes", "metadata");

  private final ProjectRepository projects;
  private final ProviderAppRepository apps;
  private final ConnectionRepository connections;
  private final SecretStore secrets;
  private final PinterestOauth oauth;
  private final IdSource ids;
  private final InstantSource clock;

  ProviderAppRoutes(
      DirectoryStore store,
      SecretStore secrets,
      PinterestOauth oauth,
      IdSource ids,
      InstantSource clock) {
    this.projects = new ProjectRepository(store);
    this.apps = new ProviderAppRepository(store);
    this.connections = new ConnectionRepository(store);
    this.secrets = secrets;
    this.oauth = oauth;
    this.ids = ids;
    this.clock = clock;
  }

  List<Route> routes() {
    String all = "/v1/projects/{project}/provider-apps";
    String one = all + "/{providerApp}";
    return List.of(
        Route.get(all, Permission.PROVIDER_APP, this::list),
        Route.post(all, Permission.PROVIDER_APP, this::create),
        Route.patch(one, Permission.PROVIDER_APP, this::change),
        Route.delete(one, Permission.PROVIDER_APP, this::delete));
  }

  private ApiResponse list(RouteCall call) {
    return ApiResponse.json(
        200, apps.list(project(call)).stream().map(ConnectionViews::providerApp).toList());
  }

  /** The members of a body; null if absent. */
  private record AppMembers(
      @Nullable String clientId,
      @Nullable Secret clientSecret,
      List<String> scopes,
      @Nullable String externalRef,
      ProviderApp.Metadata metadata) {}

  private record NewApp(String clientId, Secret clientSecret, AppMembers members) {}

  private ApiResponse create(RouteCall call) {
    NewApp request =
        call.body(
            body -> {
              body.allowOnlyNew(CHANGEABLE.toArray(String[]::new));
              body.requireChoice("provider", List.of(PinterestOauth.PROVIDER));
              String clientId = body.requireText("clientId", CREDENTIAL_LENGTH_MAX);
              String clientSecret = body.requireText("clientSecret", CREDENTIAL_LENGTH_MAX);
              return new NewApp(clientId, new Secret(clientSecret), members(body));
            });
    ProjectId project = project(call);
    checkAccepted(request.clientId(), request.clientSecret(), call.log());
    String secretName = createSecret(request.clientSecret());
    var app =
        new ProviderApp(
            new ProviderAppId(ids.uuid()),
            project,
            PinterestOauth.PROVIDER,
            request.clientId(),
            request.members().scopes(),
            request.members().externalRef(),
            request.members().metadata(),
            secretName,
            Now.of(clock),
            null);
    keepingNoSecretOnFailure(secretName, () -> apps.create(app));
    // The contract answers 200 here, not 201.
    return ApiResponse.json(200, ConnectionViews.providerApp(app));
  }

  private record Change(UpdateMask mask, AppMembers members) {}

  private ApiResponse change(RouteCall call) {
    Change change =
        call.body(
            body -> {
              UpdateMask mask = UpdateMask.of(body, CHANGEABLE);
              JsonBody app = body.requireObject("providerApp");
              for (String path : CHANGEABLE) {
                mask.changes(app, path);
              }
              mask.text(app, "clientId", CREDENTIAL_LENGTH_MAX);
              mask.text(app, "clientSecret", CREDENTIAL_LENGTH_MAX);
              if (mask.names("provider")) {
                app.choice("provider", List.of(PinterestOauth.PROVIDER));
              }
              return new Change(mask, members(app));
            });
    ProjectId project = project(call);
    Snapshot<ProviderApp> before = apps.get(project, call.variable("providerApp"));
    UpdateMask mask = change.mask();
    AppMembers members = change.members();
    ProviderApp old = before.value();
    Secret newSecret = mask.names("clientSecret") ? members.clientSecret() : null;
    String newClientId = mask.names("clientId") ? members.clientId() : null;
    String clientId = newClientId == null ? old.clientId() : newClientId;
    if (newSecret != null) {
      checkAccepted(clientId, newSecret, call.log());
    } else if (!clientId.equals(old.clientId())) {
      secrets
          .find(old.secretName())
          .ifPresent(present -> checkAccepted(clientId, present.value(), call.log()));
    }
    // The new secret gets a new name, so that client id and secret change in one step.
    String secretName = newSecret == null ? old.secretName() : createSecret(newSecret);
    var app =
        new ProviderApp(
            old.id(),
            project,
            old.provider(),
            clientId,
            mask.names("scopes") ? members.scopes() : old.scopes(),
            mask.names("externalRef") ? members.externalRef() : old.externalRef(),
            mask.names("metadata") ? members.metadata() : old.metadata(),
            secretName,
            old.createTime(),
            Now.of(clock));
    if (newSecret == null) {
      apps.update(before, app);
    } else {
      keepingNoSecretOnFailure(secretName, () -> apps.update(before, app));
      secrets.delete(old.secretName());
    }
    // If the new credentials are refused later, that is told again.
    apps.forgetRefusal(app);
    return ApiResponse.json(200, ConnectionViews.providerApp(app));
  }

  /** Credentials that Pinterest does not call wrong are taken as they are. */
  private void checkAccepted(String clientId, Secret clientSecret, Log log) {
    oauth
        .findAppRefusal(new PinterestOauth.Client(clientId, clientSecret))
        .ifPresent(
            refusal -> {
              if (!refusal.ofCredentials()) {
                log.warn(
                    "Pinterest's answer about a provider app is not understood; the app is taken",
                    field("answer", refusal.message()));
                return;
              }
              throw Issue.body(
                      "clientSecret",
                      "is not accepted together with this clientId. "
                          + refusal.message()
                          + ". Take both from the app's page at Pinterest")
                  .unprocessable();
            });
  }

  private ApiResponse delete(RouteCall call) {
    ProjectId project = project(call);
    Snapshot<ProviderApp> app = apps.get(project, call.variable("providerApp"));
    long used =
        connections.list(project, null, null, null).stream()
            .filter(connection -> app.value().id().equals(connection.value().access().app()))
            .count();
    if (used > 0) {
      throw new Conflict(
          "provider app " + app.value().id() + " is used by " + used + " connections",
          "their tokens could not be refreshed without it; remove or reconnect them first");
    }
    apps.remove(app);
    secrets.delete(app.value().secretName());
    return ApiResponse.noContent();
  }

  private static AppMembers members(JsonBody body) {
    String clientId = body.text("clientId", CREDENTIAL_LENGTH_MAX).orElse(null);
    if (clientId != null && !clientId.isBlank() && !CLIENT_ID.matcher(clientId).matches()) {
      body.issue("clientId", "holds a blank, a colon, or another character that no id has");
    }
    String clientSecret = body.text("clientSecret", CREDENTIAL_LENGTH_MAX).orElse(null);
    if (clientSecret != null
        && !clientSecret.isBlank()
        && !CLIENT_SECRET.matcher(clientSecret).matches()) {
      body.issue("clientSecret", "holds a blank or another character that no secret has");
    }
    List<String> scopes = body.texts("scopes", SCOPES_MAX);
    for (int i = 0; i < scopes.size(); i++) {
      if (!SCOPE.matcher(scopes.get(i)).matches()) {
        body.issue("scopes[" + i + "]", scopes.get(i), "is no scope; scopes look like pins:read");
      }
    }
    return new AppMembers(
        clientId,
        clientSecret == null ? null : new Secret(clientSecret),
        scopes.stream().distinct().toList(),
        body.given("externalRef").orElse(null),
        body.object("metadata").map(ProviderAppRoutes::metadata).orElse(ProviderApp.Metadata.NONE));
  }

  private static ProviderApp.Metadata metadata(JsonBody body) {
    body.allowOnly("authQueryParams", "providerParams");
    Map<String, List<String>> authQueryParams = new LinkedHashMap<>();
    body.object("authQueryParams")
        .ifPresent(
            parameters -> {
              for (String name : names(parameters)) {
                if (PinterestOauth.RESERVED_PARAMETERS.contains(name)) {
                  parameters.issue(name, "is set by Pinferry and cannot be given");
                }
                authQueryParams.put(name, List.copyOf(parameters.texts(name, PARAMETERS_MAX)));
              }
            });
    Map<String, String> providerParams = new LinkedHashMap<>();
    body.object("providerParams")
        .ifPresent(
            parameters ->
                names(parameters)
                    .forEach(
                        name ->
                            parameters
                                .text(name)
                                .ifPresent(value -> providerParams.put(name, value))));
    int sum = Json.text(body.tree()).length();
    if (sum > METADATA_LENGTH_MAX) {
      body.issue(
          "authQueryParams",
          "and providerParams have %s characters together, at most %s are allowed"
              .formatted(sum, METADATA_LENGTH_MAX));
    }
    return new ProviderApp.Metadata(authQueryParams, providerParams);
  }

  private static List<String> names(JsonBody parameters) {
    List<String> names = new ArrayList<>();
    for (Map.Entry<String, JsonNode> parameter : parameters.tree().properties()) {
      names.add(parameter.getKey());
    }
    if (names.size() > PARAMETERS_MAX) {
      parameters.issue(
          names.get(PARAMETERS_MAX), "is one more than " + PARAMETERS_MAX + " parameters");
      return names.subList(0, PARAMETERS_MAX);
    }
    return names;
  }

  private String createSecret(Secret clientSecret) {
    String name = "provider-app/" + ids.uuid();
    secrets.create(name, clientSecret);
    return name;
  }

  private void keepingNoSecretOnFailure(String secretName, Runnable write) {
    try {
      write.run();
    } catch (RuntimeException e) {
      try {
        secrets.delete(secretName);
      } catch (RuntimeException alsoFailed) {
        e.addSuppressed(alsoFailed);
      }
      throw e;
    }
  }

  private ProjectId project(RouteCall call) {
    return projects.get(call.project()).value().id();
  }
}

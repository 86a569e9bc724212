package io.pinferry.management;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Digest;
import io.pinferry.base.IdSource;
import io.pinferry.directory.ApiKey;
import io.pinferry.directory.ApiKey.Scope;
import io.pinferry.directory.ApiKeyId;
import io.pinferry.directory.ApiKeyRepository;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.Project;
import io.pinferry.directory.ProjectRepository;
import io.pinferry.directory.Snapshot;
import io.pinferry.http.ApiResponse;
import io.pinferry.http.JsonBody;
import io.pinferry.http.Permission;
import io.pinferry.http.Route;
import io.pinferry.http.RouteCall;
import io.pinferry.http.UpdateMask;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * API keys. Only the answer to the creation has the text of a key. Later answers and paths have the
 * id of the key as the contract's {@code key}; the id is no credential.
 */
final class ApiKeyRoutes {
  private static final List<String> CHANGEABLE = List.of("active", "label", "scopes");

  private final ProjectRepository projects;
  private final ApiKeyRepository keys;
  private final IdSource ids;
  private final InstantSource clock;

  ApiKeyRoutes(DirectoryStore store, IdSource ids, InstantSource clock) {
    this.projects = new ProjectRepository(store);
    this.keys = new ApiKeyRepository(store);
    this.ids = ids;
    this.clock = clock;
  }

  List<Route> routes() {
    String all = "/v1/projects/{project}/api-keys";
    String one = all + "/{apiKey}";
    return List.of(
        Route.get(all, Permission.API_KEY, this::list).taking("active"),
        Route.post(all, Permission.API_KEY, this::create),
        Route.get(one, Permission.API_KEY, this::get),
        Route.patch(one, Permission.API_KEY, this::change),
        Route.delete(one, Permission.API_KEY, this::delete));
  }

  private ApiResponse list(RouteCall call) {
    boolean onlyActive = call.queryFlag("active");
    Project project = projects.get(call.project()).value();
    return ApiResponse.json(
        200,
        keys.list(project.id()).stream()
            .filter(key -> key.active() || !onlyActive)
            .map(key -> Views.apiKey(key, key.id().value()))
            .toList());
  }

  private record NewKey(String label, Set<Scope> scopes) {}

  private ApiResponse create(RouteCall call) {
    NewKey request =
        call.body(
            body -> {
              body.allowOnlyNew("label", "scopes");
              return new NewKey(
                  body.requireText("label", ApiKey.LABEL_LENGTH_MAX),
                  body.tree("scopes").isEmpty() ? EnumSet.of(Scope.FULL) : scopes(body, true));
            });
    Project project = projects.get(call.project()).value();
    String text =
        ApiKey.PREFIX
            + Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(ids.secret(ApiKey.SECRET_BYTES));
    var key =
        new ApiKey(
            new ApiKeyId(ids.uuid()),
            project.id(),
            Digest.sha256Hex(text),
            request.label(),
            request.scopes(),
            true,
            Now.of(clock));
    keys.create(key);
    return ApiResponse.json(201, Views.apiKey(key, text));
  }

  private ApiResponse get(RouteCall call) {
    ApiKey key = find(call).value();
    return ApiResponse.json(200, Views.apiKey(key, key.id().value()));
  }

  private record Change(
      @Nullable String label, @Nullable Set<Scope> scopes, @Nullable Boolean active) {}

  private ApiResponse change(RouteCall call) {
    Change change =
        call.body(
            body -> {
              UpdateMask mask = UpdateMask.of(body, CHANGEABLE);
              JsonBody key = body.requireObject("apiKey");
              mask.changes(key, "active");
              mask.changes(key, "scopes");
              return new Change(
                  mask.text(key, "label", ApiKey.LABEL_LENGTH_MAX),
                  mask.named("scopes", scopes(key, mask.names("scopes"))),
                  mask.named("active", key.flag("active", false)));
            });
    Snapshot<ApiKey> before = find(call);
    ApiKey old = before.value();
    var after =
        new ApiKey(
            old.id(),
            old.project(),
            old.sha256(),
            change.label() == null ? old.label() : change.label(),
            change.scopes() == null ? old.scopes() : change.scopes(),
            change.active() == null ? old.active() : change.active(),
            old.createTime());
    keys.update(before, after);
    return ApiResponse.json(200, Views.apiKey(after, after.id().value()));
  }

  private ApiResponse delete(RouteCall call) {
    keys.remove(find(call).value());
    return ApiResponse.noContent();
  }

  private Snapshot<ApiKey> find(RouteCall call) {
    Project project = projects.get(call.project()).value();
    return keys.get(project.id(), call.variable("apiKey"));
  }

  private static Set<Scope> scopes(JsonBody body, boolean required) {
    Map<String, Scope> byText =
        Arrays.stream(Scope.values()).collect(Collectors.toMap(Scope::text, scope -> scope));
    var scopes = EnumSet.noneOf(Scope.class);
    List<String> texts = body.texts("scopes", 16);
    for (int i = 0; i < texts.size(); i++) {
      Scope scope = byText.get(texts.get(i));
      if (scope == null) {
        body.issue("scopes[" + i + "]", texts.get(i), "must be full or frontend");
      } else {
        scopes.add(scope);
      }
    }
    if (required && texts.isEmpty() && body.tree("scopes").filter(JsonNode::isArray).isPresent()) {
      body.issue("scopes", "must name at least one of full, frontend");
    }
    return scopes;
  }
}

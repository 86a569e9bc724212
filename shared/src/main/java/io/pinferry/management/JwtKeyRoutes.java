package io.pinferry.management;

import io.pinferry.base.IdSource;
import io.pinferry.base.Json;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.JwtKey;
import io.pinferry.directory.JwtKeyId;
import io.pinferry.directory.JwtKeyRepository;
import io.pinferry.directory.Project;
import io.pinferry.directory.ProjectRepository;
import io.pinferry.directory.RsaPublicKeys;
import io.pinferry.directory.Snapshot;
import io.pinferry.http.ApiResponse;
import io.pinferry.http.JsonBody;
import io.pinferry.http.Permission;
import io.pinferry.http.Route;
import io.pinferry.http.RouteCall;
import io.pinferry.http.UpdateMask;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** JWT keys: the public keys of the key pairs with which a project's back end signs JWTs. */
final class JwtKeyRoutes {
  private static final List<String> CHANGEABLE = List.of("active", "label");

  private final ProjectRepository projects;
  private final JwtKeyRepository keys;
  private final IdSource ids;
  private final InstantSource clock;

  JwtKeyRoutes(DirectoryStore store, IdSource ids, InstantSource clock) {
    this.projects = new ProjectRepository(store);
    this.keys = new JwtKeyRepository(store);
    this.ids = ids;
    this.clock = clock;
  }

  List<Route> routes() {
    String all = "/v1/projects/{project}/jwt-keys";
    String one = all + "/{jwtKey}";
    return List.of(
        Route.get(all, Permission.JWT_KEY, this::list).taking("active"),
        Route.post(all, Permission.JWT_KEY, this::create),
        Route.get(one, Permission.JWT_KEY, this::get),
        Route.patch(one, Permission.JWT_KEY, this::change),
        Route.delete(one, Permission.JWT_KEY, this::delete));
  }

  private ApiResponse list(RouteCall call) {
    boolean onlyActive = call.queryFlag("active");
    Project project = projects.get(call.project()).value();
    return ApiResponse.json(
        200,
        keys.list(project.id()).stream()
            .filter(key -> key.active() || !onlyActive)
            .map(Views::jwtKey)
            .toList());
  }

  private record NewKey(String label, String publicKeyPem) {}

  private ApiResponse create(RouteCall call) {
    NewKey request =
        call.body(
            body -> {
              body.allowOnlyNew("label", "algorithm", "publicKeyPem");
              body.requireChoice("algorithm", List.of("RS256"));
              return new NewKey(
                  body.requireText("label", JwtKey.LABEL_LENGTH_MAX), publicKeyPem(body));
            });
    Project project = projects.get(call.project()).value();
    Instant now = Now.of(clock);
    var key =
        new JwtKey(
            new JwtKeyId(ids.uuid()),
            project.id(),
            request.label(),
            request.publicKeyPem(),
            true,
            now,
            now);
    keys.create(key);
    return ApiResponse.json(201, Json.object().put("kid", key.id().value()));
  }

  /** Returns the key in the form that is stored. An issue never repeats a wrong key. */
  private static String publicKeyPem(JsonBody body) {
    String pem = body.requireText("publicKeyPem", RsaPublicKeys.PEM_LENGTH_MAX);
    if (pem.isBlank()) {
      return "";
    }
    try {
      return RsaPublicKeys.pem(RsaPublicKeys.parse(pem));
    } catch (IllegalArgumentException e) {
      body.issue("publicKeyPem", String.valueOf(e.getMessage()));
      return "";
    }
  }

  private ApiResponse get(RouteCall call) {
    return ApiResponse.json(200, Views.jwtKey(find(call).value()));
  }

  private record Change(@Nullable String label, @Nullable Boolean active) {}

  private ApiResponse change(RouteCall call) {
    Change change =
        call.body(
            body -> {
              UpdateMask mask = UpdateMask.of(body, CHANGEABLE);
              JsonBody key = body.requireObject("jwtKey");
              mask.changes(key, "active");
              return new Change(
                  mask.text(key, "label", JwtKey.LABEL_LENGTH_MAX),
                  mask.named("active", key.flag("active", false)));
            });
    Snapshot<JwtKey> before = find(call);
    JwtKey old = before.value();
    var after =
        new JwtKey(
            old.id(),
            old.project(),
            change.label() == null ? old.label() : change.label(),
            old.publicKeyPem(),
            change.active() == null ? old.active() : change.active(),
            old.createTime(),
            Now.of(clock));
    keys.update(before, after);
    return ApiResponse.json(200, Views.jwtKey(after));
  }

  private ApiResponse delete(RouteCall call) {
    keys.remove(find(call).value());
    return ApiResponse.noContent();
  }

  private Snapshot<JwtKey> find(RouteCall call) {
    Project project = projects.get(call.project()).value();
    return keys.get(project.id(), call.variable("jwtKey"));
  }
}

package io.pinferry.local.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.base.Digest;
import io.pinferry.base.Log;
import io.pinferry.base.ManualClock;
import io.pinferry.http.ApiResponse;
import io.pinferry.http.Caller;
import io.pinferry.http.Credentials;
import io.pinferry.http.Door;
import io.pinferry.http.Endpoint;
import io.pinferry.http.Guard;
import io.pinferry.http.HttpEvents;
import io.pinferry.http.JwtSigner;
import io.pinferry.http.Permission;
import io.pinferry.http.Route;
import io.pinferry.http.Router;
import io.pinferry.http.TestJwts;
import io.pinferry.local.contract.DoorRoutes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The permissions of every route that the functions really have. A route without a line here fails
 * the test, and so does a line without a route.
 */
final class PermissionTableTest {
  private static final Instant NOW = Instant.parse("2026-09-01T08:00:00Z");
  private static final String KID = "5b0b6c1e-8f3a-4a51-9d43-111111111111";

  /**
   * The answer to each credential. {@code ok}: let through to the handler. {@code group}: let
   * through if the query names a group, else 403. The columns: the operator's key; a key of the
   * scope full; one of the scope frontend; the same in a project that requires JWT; a JWT; no
   * credential; a key that was revoked; a key of the scope full of another project, which is let
   * through where the path names no project (and meets its own there).
   */
  private static final String TABLE =
      """
      door  method path                                                 admin full frontend shut jwt  nobody revoked other
      api   GET    /callbacks/v1/oauth                                  ok    ok   ok       ok   ok   ok     ok      ok
      api   GET    /console                                             ok    ok   ok       ok   ok   ok     ok      ok
      api   GET    /console/{file}                                      ok    ok   ok       ok   ok   ok     ok      ok
      api   GET    /v1/oauth-connect                                    ok    ok   ok       ok   ok   ok     ok      ok
      api   POST   /v1/billingAccounts/{billingAccount}/portalSession   ok    ok   403      403  403  401    401     ok
      api   GET    /v1/claimed-domains                                  ok    ok   403      403  403  401    401     ok
      api   POST   /v1/claimed-domains                                  ok    ok   403      403  403  401    401     ok
      api   POST   /v1/custom-auth/connect                              ok    ok   ok       403  ok   401    401     ok
      api   GET    /v1/generate-upload-url                              ok    ok   403      403  403  401    401     ok
      api   POST   /v1/invites:accept                                   ok    ok   403      403  403  401    401     ok
      api   GET    /v1/my-info                                          ok    ok   403      403  403  401    401     ok
      api   POST   /v1/oauth-connect                                    ok    ok   ok       403  ok   401    401     ok
      api   GET    /v1/openapi.json                                     ok    ok   ok       ok   ok   ok     ok      ok
      api   POST   /v1/orgs                                             ok    ok   403      403  403  401    401     ok
      api   GET    /v1/orgs/{org}                                       ok    ok   403      403  403  401    401     ok
      api   PATCH  /v1/orgs/{org}                                       ok    ok   403      403  403  401    401     ok
      api   GET    /v1/orgs/{org}/billingAccount                        ok    ok   403      403  403  401    401     ok
      api   GET    /v1/orgs/{org}/builders                              ok    ok   403      403  403  401    401     ok
      api   GET    /v1/orgs/{org}/claimed-domains                       ok    ok   403      403  403  401    401     ok
      api   GET    /v1/orgs/{org}/invites                               ok    ok   403      403  403  401    401     ok
      api   POST   /v1/orgs/{org}/invites                               ok    ok   403      403  403  401    401     ok
      api   DELETE /v1/orgs/{org}/invites/{invite}                      ok    ok   403      403  403  401    401     ok
      api   GET    /v1/orgs/{org}/invites/{invite}                      ok    ok   403      403  403  401    401     ok
      api   POST   /v1/orgs/{org}/memberships                           ok    ok   403      403  403  401    401     ok
      api   PUT    /v1/pinferry-uploads/{upload}                       ok    ok   ok       ok   ok   ok     ok      ok
      api   GET    /v1/projects                                         ok    ok   403      403  403  401    401     ok
      api   POST   /v1/projects                                         ok    403  403      403  403  401    401     403
      api   DELETE /P                                                   ok    403  403      403  403  401    401     404
      api   GET    /P                                                   ok    ok   ok       403  ok   401    401     404
      api   PATCH  /P                                                   ok    ok   403      403  403  401    401     404
      api   GET    /P/api-keys                                          ok    ok   403      403  403  401    401     404
      api   POST   /P/api-keys                                          ok    ok   403      403  403  401    401     404
      api   DELETE /P/api-keys/{apiKey}                                 ok    ok   403      403  403  401    401     404
      api   GET    /P/api-keys/{apiKey}                                 ok    ok   403      403  403  401    401     404
      api   PATCH  /P/api-keys/{apiKey}                                 ok    ok   403      403  403  401    401     404
      api   GET    /P/connections                                       ok    ok   group    403  ok   401    401     404
      api   DELETE /P/connections/{connection}                          ok    ok   ok       403  ok   401    401     404
      api   GET    /P/connections/{connection}                          ok    ok   403      403  403  401    401     404
      api   PATCH  /P/connections/{connection}                          ok    ok   403      403  403  401    401     404
      api   PATCH  /P/connections/{connection}:oauth-update             ok    ok   ok       403  ok   401    401     404
      api   POST   /P/connections:generate                              ok    ok   403      403  403  401    401     404
      api   POST   /P/consumers                                         ok    ok   403      403  403  401    401     404
      api   GET    /P/dead-letters                                      ok    ok   403      403  403  401    401     404
      api   POST   /P/dead-letters:redrive                              ok    ok   403      403  403  401    401     404
      api   GET    /P/deliveries                                       ok    ok   403      403  403  401    401     404
      api   POST   /P/deliveries:replay                                ok    ok   403      403  403  401    401     404
      api   GET    /P/destinations                                      ok    ok   403      403  403  401    401     404
      api   POST   /P/destinations                                      ok    ok   403      403  403  401    401     404
      api   DELETE /P/destinations/{destination}                        ok    ok   403      403  403  401    401     404
      api   GET    /P/destinations/{destination}                        ok    ok   403      403  403  401    401     404
      api   PATCH  /P/destinations/{destination}                        ok    ok   403      403  403  401    401     404
      api   POST   /P/destinations/{destination}:rotateKey              ok    ok   403      403  403  401    401     404
      api   POST   /P/groups                                            ok    ok   403      403  403  401    401     404
      api   POST   /P/groups:remove                                     ok    ok   403      403  403  401    401     404
      api   GET    /P/installations                                     ok    ok   403      403  403  401    401     404
      api   GET    /P/integrations                                      ok    ok   ok       403  ok   401    401     404
      api   POST   /P/integrations                                      ok    ok   403      403  403  401    401     404
      api   DELETE /P/I                                                 ok    ok   403      403  403  401    401     404
      api   GET    /P/I                                                 ok    ok   403      403  403  401    401     404
      api   GET    /P/I/installations                                   ok    ok   group    403  ok   401    401     404
      api   POST   /P/I/installations                                   ok    ok   ok       403  ok   401    401     404
      api   POST   /P/I/installations:import                            ok    ok   403      403  403  401    401     404
      api   DELETE /P/I/N                                               ok    ok   ok       403  ok   401    401     404
      api   GET    /P/I/N                                               ok    ok   403      403  403  401    401     404
      api   PATCH  /P/I/N                                               ok    ok   ok       403  ok   401    401     404
      api   GET    /P/I/N/budgets                                       ok    ok   403      403  403  401    401     404
      api   GET    /P/I/N/objects/{object}/backfill-progress            ok    ok   403      403  403  401    401     404
      api   POST   /P/I/N/objects/{object}:read                         ok    ok   403      403  403  401    401     404
      api   GET    /P/I/N/operations                                    ok    ok   403      403  403  401    401     404
      api   GET    /P/I/N/results/{message}                             ok    ok   ok       ok   ok   ok     ok      ok
      api   PUT    /P/I/object-metadata                                 ok    ok   403      403  403  401    401     404
      api   PATCH  /P/I/objects/{object}/config-content                 ok    ok   403      403  403  401    401     404
      api   GET    /P/I/objects/{object}/metadata                       ok    ok   403      403  403  401    401     404
      api   GET    /P/I/revisions                                       ok    ok   403      403  403  401    401     404
      api   POST   /P/I/revisions                                       ok    ok   403      403  403  401    401     404
      api   GET    /P/I/revisions/{revision}:compare                    ok    ok   403      403  403  401    401     404
      api   GET    /P/I/revisions/{revision}:hydrate                    ok    ok   ok       403  ok   401    401     404
      api   PUT    /P/integrations:batch                                ok    ok   403      403  403  401    401     404
      api   GET    /P/jwt-keys                                          ok    ok   403      403  403  401    401     404
      api   POST   /P/jwt-keys                                          ok    ok   403      403  403  401    401     404
      api   DELETE /P/jwt-keys/{jwtKey}                                 ok    ok   403      403  403  401    401     404
      api   GET    /P/jwt-keys/{jwtKey}                                 ok    ok   403      403  403  401    401     404
      api   PATCH  /P/jwt-keys/{jwtKey}                                 ok    ok   403      403  403  401    401     404
      api   GET    /P/notification-event-topic-routes                   ok    ok   403      403  403  401    401     404
      api   POST   /P/notification-event-topic-routes                   ok    ok   403      403  403  401    401     404
      api   DELETE /P/notification-event-topic-routes/{route}           ok    ok   403      403  403  401    401     404
      api   GET    /P/operations                                        ok    ok   403      403  403  401    401     404
      api   GET    /P/operations/{operation}                            ok    ok   403      403  403  401    401     404
      api   GET    /P/operations/{operation}/logs                       ok    ok   403      403  403  401    401     404
      api   GET    /P/provider-apps                                     ok    ok   403      403  403  401    401     404
      api   POST   /P/provider-apps                                     ok    ok   403      403  403  401    401     404
      api   DELETE /P/provider-apps/{providerApp}                       ok    ok   403      403  403  401    401     404
      api   PATCH  /P/provider-apps/{providerApp}                       ok    ok   403      403  403  401    401     404
      api   PUT    /P/providers/{provider}/object-metadata              ok    ok   403      403  403  401    401     404
      api   GET    /P/providers/{provider}/objects/{object}/metadata    ok    ok   403      403  403  401    401     404
      api   GET    /P/topic-destination-routes                          ok    ok   403      403  403  401    401     404
      api   POST   /P/topic-destination-routes                          ok    ok   403      403  403  401    401     404
      api   DELETE /P/topic-destination-routes/{route}                  ok    ok   403      403  403  401    401     404
      api   GET    /P/topics                                            ok    ok   403      403  403  401    401     404
      api   POST   /P/topics                                            ok    ok   403      403  403  401    401     404
      api   DELETE /P/topics/{topic}                                    ok    ok   403      403  403  401    401     404
      api   PATCH  /P/topics/{topic}                                    ok    ok   403      403  403  401    401     404
      api   GET    /v1/providers                                        ok    ok   ok       ok   ok   ok     ok      ok
      api   GET    /v1/providers/{provider}                             ok    ok   ok       ok   ok   ok     ok      ok
      api   POST   /v1/token-moves                                      ok    403  403      403  403  401    401     403
      read  POST   /P/I                                                 ok    ok   403      403  403  401    401     404
      read  POST   /P/I/N:pause                                         ok    ok   403      403  403  401    401     404
      read  POST   /P/I/N:unpause                                       ok    ok   403      403  403  401    401     404
      read  POST   /P/I/objects/{object}                                ok    ok   403      403  403  401    401     404
      read  POST   /P/I/objects/{object}:deliverResults                 ok    ok   403      403  403  401    401     404
      write POST   /P/I/objects/{object}                                ok    ok   403      403  403  401    401     404
      proxy GET    /v5/{path}                                           ok    ok   403      403  403  401    401     ok
      """;

  /** One line of the table. */
  record Line(String door, String method, String path, Map<String, String> expected) {
    String route() {
      return door + " " + method + " " + path;
    }
  }

  private final ManualClock clock = new ManualClock(NOW);

  private static final class KnownCredentials implements Credentials {
    private final Map<String, Caller> callers =
        Map.of(
            Digest.sha256Hex("full"), Caller.full("id-a", "shop", "k1"),
            Digest.sha256Hex("frontend"), Caller.frontend("id-a", "shop", "k2"),
            Digest.sha256Hex("shut"), Caller.shutFrontend("id-a", "shop", "k3"),
            Digest.sha256Hex("other"), Caller.full("id-b", "blue", "k4"));

    @Override
    public Optional<Caller> findApiKey(String sha256OfKey) {
      return Optional.ofNullable(callers.get(sha256OfKey));
    }

    @Override
    public Optional<JwtSigner> findJwtSigner(String kid) {
      return kid.equals(KID)
          ? Optional.of(new JwtSigner("id-a", "shop", KID, TestJwts.publicKey()))
          : Optional.empty();
    }
  }

  static List<Line> lines() {
    List<String> rows = TABLE.lines().map(String::strip).toList();
    List<String> columns = List.of(rows.getFirst().split(" +"));
    List<Line> lines = new ArrayList<>();
    for (String row : rows.subList(1, rows.size())) {
      List<String> cells = List.of(row.split(" +"));
      assertThat(cells).as(row).hasSameSizeAs(columns);
      Map<String, String> expected = new TreeMap<>();
      for (int i = 3; i < columns.size(); i++) {
        expected.put(columns.get(i), cells.get(i));
      }
      lines.add(new Line(cells.get(0), cells.get(1), cells.get(2), expected));
    }
    return lines;
  }

  /** Returns all routes by the name that the table has for them. */
  private static Map<String, Route> routes() {
    Map<String, Route> routes = new TreeMap<>();
    for (Door door : Door.values()) {
      for (Route route : DoorRoutes.of(door)) {
        String name = door.text() + " " + route.method() + " " + shortened(route.pattern());
        assertThat(routes.put(name, route)).as(name).isNull();
      }
    }
    // The proxy door passes any path on, and asks for one permission.
    Route proxy = Route.get("/v5/{path}", Permission.PROXY, call -> ApiResponse.empty(200));
    routes.put("proxy GET /v5/{path}", proxy);
    return routes;
  }

  private static String shortened(String pattern) {
    return pattern
        .replace("/v1/projects/{project}", "/P")
        .replace("/integrations/{integration}", "/I")
        .replace("/installations/{installation}", "/N");
  }

  @Test
  void theTableHasEveryRouteAndNoOther() {
    assertThat(lines().stream().map(Line::route))
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(routes().keySet());
  }

  @ParameterizedTest
  @MethodSource("lines")
  void eachCredentialIsAnsweredAsTheTableSays(Line line) {
    Route route = Objects.requireNonNull(routes().get(line.route()), line.route());
    Map<String, String> answers = new TreeMap<>();
    for (String column : line.expected().keySet()) {
      answers.put(column, answer(line, route, column));
    }
    assertThat(answers).as(line.route()).isEqualTo(line.expected());
  }

  private String answer(Line line, Route route, String column) {
    int plain = status(line, route, column, "");
    int withGroup = status(line, route, column, "?groupRef=org_7");
    if (plain == 403 && withGroup == 200) {
      return "group";
    }
    assertThat(withGroup).as(line.route() + " for " + column).isEqualTo(plain);
    return plain == 200 ? "ok" : Integer.toString(plain);
  }

  private int status(Line line, Route route, String column, String query) {
    String path =
        Stream.of(route.pattern().split("/"))
            .map(part -> part.equals("{project}") ? "shop" : part.replaceAll("\\{.*}", "x"))
            .reduce((left, right) -> left + "/" + right)
            .orElseThrow();
    HttpEvents event = HttpEvents.request(line.method(), path + query);
    switch (column) {
      case "nobody" -> event.header("x-other", "x");
      case "jwt" ->
          event.header("authorization", "Bearer " + TestJwts.of(KID, "org_7", "u_42", NOW));
      default -> event.key(column);
    }
    Endpoint endpoint =
        new Endpoint(
            Door.valueOf(line.door().toUpperCase(Locale.ROOT)),
            new Router(
                List.of(
                    new Route(
                            route.method(),
                            route.pattern(),
                            route.permission(),
                            call -> ApiResponse.empty(200))
                        .takingAnything())),
            new Guard(new KnownCredentials(), Digest.sha256Hex("admin"), Duration.ZERO, clock),
            Log.none(),
            clock);
    return event.sendTo(endpoint).path("statusCode").asInt();
  }
}

package io.pinferry.local.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Json;
import io.pinferry.base.Tasks;
import io.pinferry.pinterest.ReadCatalogue;
import io.pinferry.pinterest.ReadableObject;
import java.net.URI;
import java.net.URLDecoder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The checks of what is in a project. */
final class ProjectChecks {
  /** Every connection needs it, to know whose account it is. */
  private static final String USER_SCOPE = "user_accounts:read";

  /** The tokens of so many connections are looked at. Each look costs a request. */
  private static final int CONNECTIONS_MAX = 200;

  private static final Pattern REDIRECT = Pattern.compile("[?&]redirect_uri=([^&]*)");

  private final Doors doors;
  private final Tasks tasks;
  private final List<Finding> findings = new ArrayList<>();

  ProjectChecks(Doors doors, Tasks tasks) {
    this.doors = doors;
    this.tasks = tasks;
  }

  /** Runs all checks. A check that cannot be made is a finding, too. */
  List<Finding> findings() {
    attempt("provider app", this::checkApps);
    attempt("integrations", this::checkIntegrations);
    attempt("destinations", this::checkDestinations);
    attempt("dead letters", this::checkDeadLetters);
    attempt("connections", this::checkConnections);
    return findings;
  }

  private void attempt(String subject, Runnable check) {
    try {
      check.run();
    } catch (CommandFailure e) {
      findings.add(Finding.of(subject, e));
    }
  }

  private void checkApps() {
    JsonNode apps = doors.get(doors.path("/provider-apps"));
    if (apps.isEmpty()) {
      findings.add(
          Finding.problem(
              "provider app",
              "the project has none, so no customer can connect",
              "Register your app's id and secret:"
                  + " docs/getting-started.md#your-own-pinterest-app."));
      return;
    }
    for (JsonNode app : apps) {
      String subject = "provider app " + app.path("clientId").asText();
      Set<String> scopes = texts(app.path("scopes"));
      Map<String, Set<String>> missing = missing(scopes, integrationsWithObjects());
      if (!scopes.contains(USER_SCOPE)) {
        findings.add(
            Finding.problem(
                subject,
                "its scopes lack " + USER_SCOPE + ", which every connection needs",
                "Add it: PATCH …/provider-apps/" + app.path("id").asText() + "."));
      }
      missing.forEach(
          (object, lacking) ->
              findings.add(
                  Finding.problem(
                      subject,
                      "its scopes lack %s, which %s needs".formatted(text(lacking), object),
                      ("Add them: PATCH …/provider-apps/%s. Then customers that are connected have"
                              + " to connect again.")
                          .formatted(app.path("id").asText()))));
      if (scopes.contains(USER_SCOPE) && missing.isEmpty()) {
        findings.add(Finding.ok(subject, "asks for all scopes that the integrations need"));
      }
    }
    checkRedirect();
  }

  /** Looks at the link that a customer would get. */
  private void checkRedirect() {
    URI authorize =
        URI.create(
            doors.postForText(
                "/v1/oauth-connect",
                Json.object()
                    .put("projectIdOrName", doors.project())
                    .put("provider", "pinterest")
                    .put("groupRef", "pinferry-doctor")
                    .put("consumerRef", "pinferry-doctor")));
    Matcher matcher = REDIRECT.matcher(authorize.toString());
    if (!matcher.find()) {
      return;
    }
    URI redirect = URI.create(URLDecoder.decode(matcher.group(1), UTF_8));
    boolean simulated = Targets.isThisComputer(authorize);
    String subject = "redirect URI";
    if (!isApiDoor(redirect)) {
      findings.add(
          Finding.problem(
              subject,
              "customers come back to %s, and the api door does not answer there"
                  .formatted(redirect),
              "Start the tunnel, or correct --public-url; behind AWS the parameter"
                  + " PublicApiUrl or the domain."));
    } else if (redirect.getScheme().equals("http") && !Targets.isThisComputer(redirect)) {
      findings.add(
          Finding.problem(
              subject,
              redirect + " is http, and Pinterest sends codes to https only",
              "Give the api door an https address: --public-url, or its domain."));
    } else if (Targets.isThisComputer(redirect) && !simulated) {
      findings.add(
          Finding.warning(
              subject,
              "customers come back to %s, which only this computer reaches".formatted(redirect),
              "That suits your own account. For others, start a tunnel and give --public-url."));
    } else {
      findings.add(
          Finding.ok(
              subject,
              simulated
                  ? redirect + ", for the simulated Pinterest"
                  : redirect + "; register exactly this at your app"));
    }
    if (simulated && !Targets.isThisComputer(doors.target().api())) {
      findings.add(
          Finding.problem(
              "Pinterest",
              "customers are sent to %s on their own computer, not to Pinterest"
                  .formatted(Targets.origin(authorize)),
              "This is a stack with a simulated Pinterest. Use the address of your production"
                  + " stack, or ./pinferry up --upstream https://api.pinterest.com."));
    } else {
      findings.add(Finding.ok("Pinterest", Targets.origin(authorize)));
    }
  }

  private boolean isApiDoor(URI redirect) {
    try {
      return Doctor.doorOf(doors.probe(redirect, "/v1/openapi.json"))
          .filter("api"::equals)
          .isPresent();
    } catch (CommandFailure e) {
      return false;
    }
  }

  /** An object of an integration or an installation, with the scopes that it needs. */
  private record Needs(String object, Set<String> scopes) {}

  private List<Needs> integrationsWithObjects() {
    List<Needs> all = new ArrayList<>();
    for (JsonNode integration : doors.get(doors.path("/integrations"))) {
      for (JsonNode object : integration.at("/latestRevision/content/read/objects")) {
        all.add(
            new Needs(
                object.path("objectName").asText() + " of " + integration.path("name").asText(),
                scopes(object)));
      }
    }
    return all;
  }

  /** Returns the scopes without which an object cannot be read. */
  private static Set<String> scopes(JsonNode object) {
    return ReadCatalogue.find(object.path("objectName").asText())
        .map(one -> plan(one, object.path("x-pinferry-plan").asText()))
        .orElse(Set.of());
  }

  private static Set<String> plan(ReadableObject object, String name) {
    return object.findPlan(name).orElseGet(object::defaultPlan).requiredScopes();
  }

  /** Returns the missing scopes by object. */
  private static Map<String, Set<String>> missing(Set<String> granted, Collection<Needs> all) {
    Map<String, Set<String>> missing = new TreeMap<>();
    for (Needs needs : all) {
      var lacking = new TreeSet<>(needs.scopes());
      lacking.removeAll(granted);
      if (!lacking.isEmpty()) {
        missing.put(needs.object(), lacking);
      }
    }
    return missing;
  }

  private void checkIntegrations() {
    JsonNode integrations = doors.get(doors.path("/integrations"));
    if (integrations.isEmpty()) {
      findings.add(
          Finding.warning(
              "integrations",
              "none is deployed",
              "Deploy one: ./pinferry deploy examples/amp.yaml."));
      return;
    }
    Set<String> destinations = new HashSet<>();
    doors
        .get(doors.path("/destinations"))
        .forEach(
            one -> {
              destinations.add(one.path("name").asText());
              destinations.add(one.path("id").asText());
            });
    for (JsonNode integration : integrations) {
      Set<String> unknown = new TreeSet<>();
      for (JsonNode object : integration.at("/latestRevision/content/read/objects")) {
        String destination = object.path("destination").asText();
        if (!destinations.contains(destination)) {
          unknown.add(destination);
        }
      }
      String subject = "integration " + integration.path("name").asText();
      findings.add(
          unknown.isEmpty()
              ? Finding.ok(subject, "its destinations exist")
              : Finding.problem(
                  subject,
                  "it sends records to %s, and there is no such destination"
                      .formatted(text(unknown)),
                  "Create it: POST …/destinations, docs/webhooks.md. Records that were read"
                      + " meanwhile are not delivered."));
    }
  }

  private void checkDestinations() {
    for (JsonNode destination : doors.get(doors.path("/destinations"))) {
      String subject = "destination " + destination.path("name").asText();
      JsonNode trouble = destination.path("trouble");
      String since = trouble.path("since").asText();
      String reason = trouble.path("reason").asText();
      if (trouble.path("disabled").asBoolean()) {
        findings.add(
            Finding.problem(
                subject,
                "nothing is sent since %s: %s".formatted(since, reason),
                "Correct the webhook, then send its URL again, which enables it: PATCH"
                    + " …/destinations/%s. Then redrive its dead letters."
                        .formatted(destination.path("name").asText())));
      } else if (trouble.isObject()) {
        findings.add(
            Finding.problem(
                subject,
                "it fails since %s: %s".formatted(since, reason),
                "Correct the webhook. Messages are repeated for about a day, then they are dead"
                    + " letters: docs/webhooks.md."));
      } else {
        findings.add(Finding.ok(subject, "no failure is known"));
      }
    }
  }

  private void checkDeadLetters() {
    JsonNode letters = doors.get(doors.path("/dead-letters?pageSize=100"));
    Map<String, Integer> byDestination = new TreeMap<>();
    letters
        .path("results")
        .forEach(one -> byDestination.merge(one.path("destination").asText(), 1, Integer::sum));
    boolean more = letters.path("pagination").hasNonNull("nextPageToken");
    byDestination.forEach(
        (destination, count) ->
            findings.add(
                Finding.problem(
                    "dead letters",
                    "%s%s messages to %s were refused to the last"
                        .formatted(more ? "at least " : "", count, destination),
                    ("When the webhook works, send them again: POST …/dead-letters:redrive with"
                            + " {\"destination\":\"%s\"}, docs/webhooks.md#dead-letters.")
                        .formatted(destination))));
  }

  private void checkConnections() {
    List<Installations.Found> installations = new Installations(doors).list(null);
    Map<String, JsonNode> connections = new HashMap<>();
    doors
        .get(doors.path("/connections"))
        .forEach(one -> connections.put(one.path("id").asText(), one));
    Set<String> looked = new HashSet<>();
    for (Installations.Found installation : installations) {
      String subject =
          "installation of %s in %s".formatted(installation.group(), installation.integration());
      int before = findings.size();
      String id = installation.json().path("connection").path("id").asText();
      JsonNode connection = connections.get(id);
      if (connection == null) {
        findings.add(
            Finding.problem(
                subject, "its connection was removed", "Let the customer connect again."));
      } else if (connection.path("status").asText().equals("bad_credentials")) {
        findings.add(
            Finding.problem(
                subject,
                "Pinterest refuses its tokens for good, so its schedules rest",
                "Let the customer connect again. The left-out reads are made up for then."));
      } else if (looked.size() < CONNECTIONS_MAX && looked.add(id)) {
        attempt(subject, () -> checkTokens(subject, installation, connection));
      }
      checkObjects(subject, installation);
      if (findings.size() == before) {
        findings.add(Finding.ok(subject, "connected, with all scopes"));
      }
    }
    if (looked.size() == CONNECTIONS_MAX) {
      findings.add(
          Finding.ok(
              "connections", "the tokens of the first %s were looked at".formatted(looked.size())));
    }
  }

  /** Looks at scopes and expiry. Only an answer with the tokens has them; they are not shown. */
  private void checkTokens(String subject, Installations.Found installation, JsonNode connection) {
    JsonNode tokens =
        doors
            .get(
                doors.path("/connections/" + connection.path("id").asText() + "?includeCreds=true"))
            .path("oauth2AuthorizationCode");
    Set<String> granted = texts(tokens.path("scopes"));
    if (!granted.isEmpty()) {
      List<Needs> needs =
          installation.objects().stream()
              .map(name -> new Needs(name, scopes(installation.object(name))))
              .toList();
      missing(granted, needs)
          .forEach(
              (object, lacking) ->
                  findings.add(
                      Finding.problem(
                          subject,
                          "%s needs the scope %s, which was not granted"
                              .formatted(object, text(lacking)),
                          "Add it to the provider app, and let the customer connect again.")));
    }
    if (!connection.has("providerApp")) {
      String expires = tokens.at("/accessToken/expiresAt").asText();
      boolean expired = !expires.isEmpty() && Instant.parse(expires).isBefore(tasks.now());
      String end = expires.isEmpty() ? "they end at an unknown time" : "they end at " + expires;
      findings.add(
          expired
              ? Finding.problem(
                  subject,
                  "its imported tokens have expired at " + expires,
                  "Register the app, and let the customer connect; or import new tokens.")
              : Finding.warning(
                  subject,
                  "its tokens were imported without an app, so nothing refreshes them; " + end,
                  "Register the app, and let the customer connect; or import new tokens in time."));
    }
  }

  private void checkObjects(String subject, Installations.Found installation) {
    for (String name : installation.objects()) {
      JsonNode object = installation.object(name);
      if (object.path("disabled").asBoolean()) {
        findings.add(
            Finding.warning(
                subject,
                name + " is paused",
                "If that is over, POST …/installations/%s:unpause with {\"objects\":[\"%s\"]}."
                    .formatted(installation.id(), name)));
      }
    }
    if (installation.json().path("lastOperationStatus").asText().equals("failure")) {
      findings.add(
          Finding.problem(
              subject,
              "its last operation has failed",
              "./pinferry why --installation %s says why.".formatted(installation.id())));
    }
  }

  private static Set<String> texts(JsonNode array) {
    var texts = new TreeSet<String>();
    array.forEach(one -> texts.add(one.asText()));
    return texts;
  }

  private static String text(Collection<String> names) {
    return String.join(" and ", names);
  }
}

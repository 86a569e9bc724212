package io.pinferry.management;

import static io.pinferry.base.Issue.clipped;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.IdSource;
import io.pinferry.base.Issue;
import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.base.PinferryException.InvalidRequest;
import io.pinferry.base.PinferryException.NotFound;
import io.pinferry.base.Secret;
import io.pinferry.directory.Destination;
import io.pinferry.directory.DestinationId;
import io.pinferry.directory.DestinationRepository;
import io.pinferry.directory.DestinationRules;
import io.pinferry.directory.DestinationSecret;
import io.pinferry.directory.DestinationTrouble;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.Project;
import io.pinferry.directory.ProjectRepository;
import io.pinferry.directory.SecretStore;
import io.pinferry.directory.SecretStore.StoredSecret;
import io.pinferry.directory.Snapshot;
import io.pinferry.directory.TopicRepository;
import io.pinferry.directory.WebhookHeaders;
import io.pinferry.http.ApiResponse;
import io.pinferry.http.JsonBody;
import io.pinferry.http.Permission;
import io.pinferry.http.Route;
import io.pinferry.http.RouteCall;
import io.pinferry.http.UpdateMask;
import io.pinferry.net.HostNames;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Destinations. The secret store keeps their header values and signing keys. An answer has them
 * only if the request has {@code includeSecrets}.
 */
final class DestinationRoutes {
  /** Types of the contract to which Pinferry does not deliver. They get a message of their own. */
  private static final List<String> OTHER_TYPES =
      List.of(
          "kinesis",
          "s3",
          "slack",
          "clickhouse",
          "snowflake",
          "bigquery",
          "redshift",
          "sqs",
          "pubsub",
          "rabbitmq",
          "azureservicebus");

  private static final List<String> CHANGEABLE =
      List.of("name", "metadata", "metadata.url", "metadata.headers");

  private final ProjectRepository projects;
  private final DestinationRepository destinations;
  private final TopicRepository topics;
  private final SecretStore secrets;
  private final DestinationRules rules;
  private final HostNames hosts;
  private final IdSource ids;
  private final InstantSource clock;

  DestinationRoutes(
      DirectoryStore store,
      SecretStore secrets,
      DestinationRules rules,
      HostNames hosts,
      IdSource ids,
      InstantSource clock) {
    this.projects = new ProjectRepository(store);
    this.destinations = new DestinationRepository(store);
    this.topics = new TopicRepository(store);
    this.secrets = secrets;
    this.rules = rules;
    this.hosts = hosts;
    this.ids = ids;
    this.clock = clock;
  }

  List<Route> routes() {
    String all = "/v1/projects/{project}/destinations";
    String one = all + "/{destination}";
    return List.of(
        Route.get(all, Permission.DESTINATION, this::list),
        Route.post(all, Permission.DESTINATION, this::create),
        Route.get(one, Permission.DESTINATION, this::get).taking("includeSecrets", "rotate"),
        Route.patch(one, Permission.DESTINATION, this::change),
        Route.post(one + ":rotateKey", Permission.DESTINATION, this::rotateKey),
        Route.delete(one, Permission.DESTINATION, this::delete));
  }

  private ApiResponse list(RouteCall call) {
    Project project = projects.get(call.project()).value();
    return ApiResponse.json(
        200, destinations.list(project.id()).stream().map(Views::destination).toList());
  }

  private record NewDestination(
      String name, String type, @Nullable String url, Map<String, Secret> headers) {}

  private ApiResponse create(RouteCall call) {
    NewDestination request =
        call.body(
            body -> {
              body.allowOnlyNew("name", "type", "metadata", "secrets");
              JsonBody metadata = body.requireObject("metadata");
              return new NewDestination(
                  body.requireText("name"),
                  body.requireText("type"),
                  metadata.text("url", DestinationRules.URL_LENGTH_MAX).orElse(null),
                  headers(metadata));
            });
    var issues = new ArrayList<Issue>();
    checkType(request.type(), issues);
    checkName("name", request.name(), issues);
    // The metadata of other types have other members.
    if (request.type().equals(Destination.Webhook.TYPE)) {
      checkUrl("metadata.url", request.url(), issues);
      checkHeaders("metadata.headers", request.headers(), issues);
    }
    String url = request.url();
    if (!issues.isEmpty() || url == null) {
      throw InvalidRequest.unprocessable("the destination", issues);
    }
    Project project = projects.get(call.project()).value();
    String secretName = "destination/" + ids.uuid();
    var destination =
        new Destination(
            new DestinationId(ids.uuid()),
            project.id(),
            request.name(),
            new Destination.Webhook(url),
            secretName,
            Now.of(clock),
            null,
            troubleOf(url));
    // The secret is created first, so that every destination has its key. A crash between the
    // two leaves a secret that nothing refers to.
    secrets.create(secretName, DestinationSecret.create(request.headers(), ids).toSecret());
    try {
      destinations.create(destination);
    } catch (RuntimeException e) {
      discard(secretName, e);
      throw e;
    }
    return ApiResponse.json(201, Views.destination(destination));
  }

  private ApiResponse get(RouteCall call) {
    boolean includeSecrets = call.queryFlag("includeSecrets");
    if (call.queryFlag("rotate")) {
      // A cache, a link preview or a repeated GET must not change the key.
      throw Issue.query(
              "rotate",
              "changes the signing key, which a GET cannot do; send POST"
                  + " …/destinations/{destination}:rotateKey")
          .malformed();
    }
    Destination destination = find(call).value();
    return ApiResponse.json(
        200,
        includeSecrets
            ? Views.destinationWithSecrets(
                destination, DestinationSecret.of(secret(destination).value()))
            : Views.destination(destination));
  }

  private ApiResponse rotateKey(RouteCall call) {
    Destination destination = find(call).value();
    StoredSecret stored = secret(destination);
    DestinationSecret rotated = DestinationSecret.of(stored.value()).rotated(ids, Now.of(clock));
    replace(stored, rotated);
    return ApiResponse.json(200, Views.destinationWithSecrets(destination, rotated));
  }

  /** The values of the named members; null if not named. */
  private record Change(
      @Nullable String name, @Nullable String url, @Nullable Map<String, Secret> headers) {}

  private ApiResponse change(RouteCall call) {
    Change change =
        call.body(
            body -> {
              UpdateMask mask = UpdateMask.of(body, CHANGEABLE);
              JsonBody request = body.requireObject("destination");
              if (mask.paths().stream().anyMatch(path -> path.startsWith("metadata"))) {
                request.require("metadata");
              }
              Optional<JsonBody> metadata = request.object("metadata");
              metadata.ifPresent(
                  members -> {
                    mask.changes(members, "headers", "metadata.headers");
                    mask.changes(members, "url", "metadata", "metadata.url");
                  });
              boolean all = mask.names("metadata");
              return new Change(
                  mask.text(request, "name", JsonBody.TEXT_LENGTH_MAX),
                  metadata
                      .flatMap(members -> members.text("url", DestinationRules.URL_LENGTH_MAX))
                      .filter(_ -> all || mask.names("metadata.url"))
                      .orElse(null),
                  metadata
                      .filter(members -> members.tree("headers").isPresent())
                      .map(DestinationRoutes::headers)
                      .filter(_ -> all || mask.names("metadata.headers"))
                      .orElse(null));
            });
    var issues = new ArrayList<Issue>();
    if (change.name() != null) {
      checkName("destination.name", change.name(), issues);
    }
    if (change.url() != null) {
      checkUrl("destination.metadata.url", change.url(), issues);
    }
    if (change.headers() != null) {
      checkHeaders("destination.metadata.headers", change.headers(), issues);
    }
    if (!issues.isEmpty()) {
      throw InvalidRequest.unprocessable("the destination", issues);
    }
    Snapshot<Destination> before = find(call);
    Destination old = before.value();
    Map<String, Secret> headers = change.headers();
    if (headers != null) {
      StoredSecret stored = secret(old);
      replace(stored, DestinationSecret.of(stored.value()).withHeaders(headers));
    }
    var after =
        new Destination(
            old.id(),
            old.project(),
            change.name() == null ? old.name() : change.name(),
            change.url() == null ? old.target() : new Destination.Webhook(change.url()),
            old.secretName(),
            old.createTime(),
            Now.of(clock),
            // A URL in the request enables the destination again, even if it is the same URL.
            change.url() == null ? old.trouble() : troubleOf(change.url()));
    destinations.update(before, after);
    return ApiResponse.json(200, Views.destination(after));
  }

  private ApiResponse delete(RouteCall call) {
    Snapshot<Destination> destination = find(call);
    destinations.remove(destination);
    topics.removeRoutesTo(destination.value().project(), destination.value().id());
    secrets.delete(destination.value().secretName());
    return ApiResponse.noContent();
  }

  private Snapshot<Destination> find(RouteCall call) {
    Project project = projects.get(call.project()).value();
    return destinations.get(project.id(), call.variable("destination"));
  }

  private StoredSecret secret(Destination destination) {
    return secrets
        .find(destination.secretName())
        .orElseThrow(
            () ->
                new NotFound(
                    "the secrets of destination " + destination.name() + " are gone",
                    "Delete the destination and create it again."));
  }

  private void replace(StoredSecret stored, DestinationSecret secret) {
    StoredSecret pending = secrets.storePending(stored.name(), secret.toSecret());
    if (!secrets.promote(stored.name(), stored.version(), pending.version())) {
      throw new Conflict(
          "the destination's secrets were changed by another request meanwhile",
          "Read the destination again and repeat the request.");
    }
  }

  private void discard(String secretName, RuntimeException failure) {
    try {
      secrets.delete(secretName);
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  private static void checkType(String type, List<Issue> issues) {
    if (type.equals(Destination.Webhook.TYPE)) {
      return;
    }
    issues.add(
        Issue.body(
            "type",
            type.length() > 100 ? null : type,
            OTHER_TYPES.contains(type)
                ? "is not available in this version of Pinferry; it delivers to webhook only"
                : "is not a type of destination; use webhook"));
  }

  private static void checkName(String path, String name, List<Issue> issues) {
    if (!Destination.isName(name)) {
      issues.add(
          Issue.body(
              path,
              name.length() > 100 ? null : name,
              "must be 1 to 64 letters, digits, dashes and underscores, and must not look like an"
                  + " id"));
    }
  }

  /** An unknown host may become known before the first message, so it is only told. */
  private @Nullable DestinationTrouble troubleOf(String url) {
    return rules.knowsHost(url, hosts)
        ? null
        : DestinationTrouble.failing("its host is not known at present", Now.of(clock));
  }

  private void checkUrl(String path, @Nullable String url, List<Issue> issues) {
    if (url == null) {
      issues.add(Issue.body(path, "is missing; a webhook needs the URL to post to"));
      return;
    }
    // The URL is not repeated: it may hold a token.
    rules.refusal(url, hosts).ifPresent(why -> issues.add(Issue.body(path, why)));
  }

  private static void checkHeaders(String path, Map<String, Secret> headers, List<Issue> issues) {
    if (headers.size() > WebhookHeaders.COUNT_MAX) {
      issues.add(
          Issue.body(
              path,
              "has %s headers, at most %s are allowed"
                  .formatted(headers.size(), WebhookHeaders.COUNT_MAX)));
      return;
    }
    int sum =
        headers.entrySet().stream()
            .mapToInt(header -> header.getKey().length() + header.getValue().value().length())
            .sum();
    if (sum > WebhookHeaders.SUM_LENGTH_MAX) {
      issues.add(
          Issue.body(
              path,
              "have %s characters together, at most %s are allowed"
                  .formatted(sum, WebhookHeaders.SUM_LENGTH_MAX)));
      return;
    }
    Set<String> seen = new HashSet<>();
    headers.forEach(
        (name, value) -> {
          String shown = clipped(name);
          WebhookHeaders.refusal(name, value.value())
              .ifPresent(why -> issues.add(Issue.body(path + "." + shown, why)));
          if (!seen.add(name.toLowerCase(Locale.ROOT))) {
            issues.add(Issue.body(path + "." + shown, "is there twice, in another case"));
          }
        });
  }

  private static Map<String, Secret> headers(JsonBody metadata) {
    var headers = new LinkedHashMap<String, Secret>();
    metadata
        .object("headers")
        .ifPresent(
            body -> {
              for (Map.Entry<String, JsonNode> header : body.tree().properties()) {
                if (header.getValue().isTextual()) {
                  headers.put(header.getKey(), new Secret(header.getValue().textValue()));
                } else {
                  body.issue(header.getKey(), "must be a text");
                }
              }
            });
    return headers;
  }
}

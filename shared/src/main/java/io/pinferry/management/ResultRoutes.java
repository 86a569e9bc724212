package io.pinferry.management;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pinferry.base.PinferryException.NotAllowed;
import io.pinferry.base.PinferryException.NotFound;
import io.pinferry.base.Secret;
import io.pinferry.delivery.ResultLinks;
import io.pinferry.delivery.ResultStore;
import io.pinferry.directory.Destination;
import io.pinferry.directory.DestinationRepository;
import io.pinferry.directory.DestinationSecret;
import io.pinferry.directory.DestinationSecret.SigningKey;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.InstallationRepository;
import io.pinferry.directory.IntegrationId;
import io.pinferry.directory.ProjectId;
import io.pinferry.directory.SecretStore;
import io.pinferry.directory.SecretStore.StoredSecret;
import io.pinferry.directory.Snapshot;
import io.pinferry.http.ApiResponse;
import io.pinferry.http.Permission;
import io.pinferry.http.Route;
import io.pinferry.http.RouteCall;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/**
 * Records that were too large for their message. The signature of the link in the message is the
 * credential.
 */
final class ResultRoutes {
  private final DestinationRepository destinations;
  private final InstallationRepository installations;
  private final SecretStore secrets;
  private final ResultStore results;
  private final InstantSource clock;

  ResultRoutes(
      DirectoryStore store, SecretStore secrets, ResultStore results, InstantSource clock) {
    this.destinations = new DestinationRepository(store);
    this.installations = new InstallationRepository(store);
    this.secrets = secrets;
    this.results = results;
    this.clock = clock;
  }

  List<Route> routes() {
    return List.of(
        Route.get(
                "/v1/projects/{project}/integrations/{integration}/installations/{installation}"
                    + "/results/{message}",
                Permission.RESULT_READ,
                this::get)
            .taking("destination", "expires", "signature"));
  }

  private ApiResponse get(RouteCall call) {
    var linked =
        new ResultLinks.Link(
            call.variable("project"),
            call.variable("integration"),
            call.variable("installation"),
            call.variable("message"),
            call.query("destination").orElse(""),
            until(call));
    var project = new ProjectId(linked.project());
    if (!ResultLinks.isSigned(
        linked, call.query("signature").orElse(""), signingKeys(project, linked.destination()))) {
      throw NotAllowed.forbidden(
          "the link is not one that a message brought", "use downloadUrl as it is in the message");
    }
    if (!clock.instant().isBefore(linked.until())) {
      throw NotAllowed.forbidden(
          "the link was valid until " + linked.until(),
          "follow it within %s minutes; each attempt to deliver the message brings a new one"
              .formatted(ResultLinks.VALID.toMinutes()));
    }
    // Records of a customer who has left are not given out any more.
    byte[] result =
        installations
            .find(
                project,
                new IntegrationId(linked.integration()),
                new InstallationId(linked.installation()))
            .flatMap(installed -> results.find(project, linked.message()))
            .orElseThrow(
                () ->
                    new NotFound(
                        "the records of message " + linked.message() + " are not kept any more",
                        "read the object again"));
    return ApiResponse.text(200, "application/json", new String(result, UTF_8));
  }

  private static Instant until(RouteCall call) {
    return call.query("expires")
        .filter(text -> text.matches("[0-9]{1,11}"))
        .map(text -> Instant.ofEpochSecond(Long.parseLong(text)))
        .orElse(Instant.EPOCH);
  }

  private List<Secret> signingKeys(ProjectId project, String destination) {
    Instant now = clock.instant();
    return destinations
        .findByName(project, destination)
        .map(Snapshot::value)
        .map(Destination::secretName)
        .flatMap(secrets::find)
        .map(StoredSecret::value)
        .map(secret -> DestinationSecret.of(secret).validKeys(now))
        .orElse(List.of())
        .stream()
        .map(SigningKey::text)
        .toList();
  }
}

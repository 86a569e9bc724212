package io.pinbridge.management;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pinbridge.base.PinbridgeException.NotAllowed;
import io.pinbridge.base.PinbridgeException.NotFound;
import io.pinbridge.base.Secret;
import io.pinbridge.connection.SecretStore;
import io.pinbridge.connection.SecretStore.StoredSecret;
import io.pinbridge.delivery.ResultLinks;
import io.pinbridge.directory.Destination;
import io.pinbridge.directory.DestinationRepository;
import io.pinbridge.directory.DestinationSecret;
import io.pinbridge.directory.DestinationSecret.SigningKey;
import io.pinbridge.directory.DirectoryStore;
import io.pinbridge.directory.InstallationId;
import io.pinbridge.directory.InstallationRepository;
import io.pinbridge.directory.IntegrationId;
import io.pinbridge.directory.ProjectId;
import io.pinbridge.directory.Versioned;
import io.pinbridge.http.ApiResponse;
import io.pinbridge.http.Permission;
import io.pinbridge.http.Route;
import io.pinbridge.http.RouteCall;
import io.pinbridge.read.ReadStore;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/**
 * Records that were too large for their message, for whoever has the link from it. The link's
 * signature is the credential.
 */
final class ResultRoutes {
  private final DestinationRepository destinations;
  private final InstallationRepository installations;
  private final SecretStore secrets;
  private final ReadStore reads;
  private final InstantSource clock;

  ResultRoutes(DirectoryStore store, SecretStore secrets, ReadStore reads, InstantSource clock) {
    this.destinations = new DestinationRepository(store);
    this.installations = new InstallationRepository(store);
    this.secrets = secrets;
    this.reads = reads;
    this.clock = clock;
  }

  List<Route> routes() {
    return List.of(
        Route.get(
            "/v1/projects/{project}/integrations/{integration}/installations/{installation}"
                + "/results/{message}",
            Permission.RESULT_READ,
            this::get));
  }

  private ApiResponse get(RouteCall call) {
    var linked =
        new ResultLinks.Linked(
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
          "follow it within "
              + ResultLinks.VALID.toMinutes()
              + " minutes; each attempt to deliver the message brings a new one");
    }
    // What was read of a customer who has left is not given out any more.
    byte[] result =
        installations
            .find(
                project,
                new IntegrationId(linked.integration()),
                new InstallationId(linked.installation()))
            .flatMap(installed -> reads.findResult(project, linked.message()))
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
        .map(Versioned::value)
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

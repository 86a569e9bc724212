package io.pinferry.write;

import io.pinferry.base.Issue;
import io.pinferry.base.PinferryException.InvalidRequest;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.Integration;
import io.pinferry.directory.IntegrationRepository;
import io.pinferry.directory.Project;
import io.pinferry.directory.ProjectRepository;
import io.pinferry.http.ApiResponse;
import io.pinferry.http.Permission;
import io.pinferry.http.Problems;
import io.pinferry.http.Route;
import io.pinferry.http.RouteCall;
import java.util.List;
import java.util.stream.Collectors;

/** The write door. */
public final class WriteRoutes {
  /** A batch of inline images is large; Lambda accepts 6 MB as base64. */
  public static final int BODY_BYTES_MAX = 4_400_000;

  private final ProjectRepository projects;
  private final IntegrationRepository integrations;
  private final Writes writes;

  private WriteRoutes(DirectoryStore store, Writes writes) {
    this.projects = new ProjectRepository(store);
    this.integrations = new IntegrationRepository(store);
    this.writes = writes;
  }

  /** Returns the door's routes. */
  public static List<Route> of(DirectoryStore store, Writes writes) {
    return List.of(
        Route.post(
            "/v1/projects/{project}/integrations/{integration}/objects/{object}",
            Permission.WRITE,
            new WriteRoutes(store, writes)::write));
  }

  private static String more(int count) {
    return count <= Problems.ISSUES_MAX ? "" : "; and " + (count - Problems.ISSUES_MAX) + " more";
  }

  private ApiResponse write(RouteCall call) {
    try {
      IdempotencyKey idempotency = IdempotencyKey.of(call);
      WriteRequest request = call.body(WriteRequest::read);
      Project project = projects.get(call.project()).value();
      Integration integration =
          integrations.get(project.id(), call.variable("integration")).value();
      return writes.write(integration, call.variable("object"), request, idempotency);
    } catch (InvalidRequest e) {
      // The contract of this one route has plain text where all others have a problem document.
      return ApiResponse.plainText(
          400,
          e.issues().isEmpty()
              ? String.valueOf(e.getMessage())
              : e.issues().stream()
                  .limit(Problems.ISSUES_MAX)
                  .map(Issue::text)
                  .collect(Collectors.joining("; ", "", more(e.issues().size()))));
    }
  }
}

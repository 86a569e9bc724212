package io.pinferry.management;

import static io.pinferry.base.Issue.clipped;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Issue;
import io.pinferry.base.PinferryException.NotFound;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.Ids;
import io.pinferry.directory.Installation;
import io.pinferry.directory.InstallationRepository;
import io.pinferry.directory.Integration;
import io.pinferry.directory.IntegrationRepository;
import io.pinferry.directory.Project;
import io.pinferry.directory.ProjectId;
import io.pinferry.directory.ProjectRepository;
import io.pinferry.http.ApiResponse;
import io.pinferry.http.Permission;
import io.pinferry.http.Route;
import io.pinferry.http.RouteCall;
import io.pinferry.manifest.EffectiveRead;
import io.pinferry.operation.ListPosition;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.OperationStatus;
import io.pinferry.operation.OperationStore;
import io.pinferry.operation.ReadType;
import io.pinferry.operation.Work;
import io.pinferry.read.Partition;
import io.pinferry.read.PartitionStore;
import io.pinferry.read.Settlement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Operations and their logs. */
final class OperationRoutes {
  private static final int PAGE_SIZE_MAX = 1000;
  private static final int PAGE_SIZE = 200;

  /**
   * How many reads are searched for a backfill. It is the first read of an object and usually
   * recent.
   */
  private static final int BACKFILL_AMONG_NEWEST = 1000;

  /**
   * How many operations a request looks at. Then it answers what it has. A hundred cost two
   * requests to DynamoDB.
   */
  private static final int LOOKS_MAX = 5_000;

  private static final int LOOKED_AT_ONCE = 100;

  /** How many of the newest log lines an answer has; it is limited to 6 MB. */
  private static final int LOG_LINES_MAX = 1000;

  private final ProjectRepository projects;
  private final IntegrationRepository integrations;
  private final InstallationRepository installations;
  private final OperationStore operations;
  private final PartitionStore partitions;
  private final InstantSource clock;

  OperationRoutes(
      DirectoryStore store,
      OperationStore operations,
      PartitionStore partitions,
      InstantSource clock) {
    this.projects = new ProjectRepository(store);
    this.integrations = new IntegrationRepository(store);
    this.installations = new InstallationRepository(store);
    this.operations = operations;
    this.partitions = partitions;
    this.clock = clock;
  }

  List<Route> routes() {
    String installation =
        "/v1/projects/{project}/integrations/{integration}/installations/{installation}";
    String one = "/v1/projects/{project}/operations/{operation}";
    return List.of(
        Route.get(installation + "/operations", Permission.OPERATION_READ, this::list)
            .taking("pageSize", "pageToken"),
        Route.get(
            installation + "/objects/{object}/backfill-progress",
            Permission.OPERATION_READ,
            this::backfillProgress),
        Route.get("/v1/projects/{project}/operations", Permission.OPERATION_READ, this::listAll)
            .taking("status", "groupRef", "objectName", "since", "pageSize", "pageToken"),
        Route.get(one, Permission.OPERATION_READ, this::get),
        Route.get(one + "/logs", Permission.OPERATION_READ, this::logs));
  }

  private ApiResponse list(RouteCall call) {
    int pageSize = call.queryNumber("pageSize", 1, PAGE_SIZE_MAX, PAGE_SIZE);
    String pageToken = call.query("pageToken").orElse(null);
    Installation installation = installation(call);
    OperationStore.Page page;
    try {
      page = operations.ofInstallation(installation.id(), pageSize, pageToken);
    } catch (IllegalArgumentException e) {
      throw Issue.query("pageToken", "is not a pageToken returned by this list").malformed();
    }
    List<ObjectNode> results =
        page.operations().stream()
            // A count reads every partition, so only operations in progress have it.
            .map(one -> Views.operation(one, one.ended() ? null : recordsProcessed(one)))
            .toList();
    return ApiResponse.json(200, Views.Page.of(results, page.nextPageToken()));
  }

  /** Lists the operations of a project, or of a group, newest first. */
  private ApiResponse listAll(RouteCall call) {
    int pageSize = call.queryNumber("pageSize", 1, PAGE_SIZE_MAX, PAGE_SIZE);
    Optional<OperationStatus> status = call.filter("status").map(OperationRoutes::status);
    Optional<String> objectName = call.filter("objectName");
    Optional<Instant> since = call.filter("since").map(text -> Times.query("since", text));
    Optional<String> groupRef = call.groupRef();
    String pageToken = call.query("pageToken").orElse(null);
    Project project = projects.get(call.project()).value();
    RecentFirst all;
    try {
      all = new RecentFirst(lists(project.id(), groupRef.orElse(null)), pageToken);
    } catch (IllegalArgumentException e) {
      throw Issue.query("pageToken", "is not a pageToken returned by this list").malformed();
    }
    List<ObjectNode> results = new ArrayList<>();
    Operation last = null;
    for (int looks = 0; ; looks++) {
      Operation next = all.next();
      if (next == null || since.filter(next.startedAt()::isBefore).isPresent()) {
        return ApiResponse.json(200, Views.Page.of(results, null));
      }
      if (last != null && (results.size() == pageSize || looks == LOOKS_MAX)) {
        return ApiResponse.json(200, Views.Page.of(results, ListPosition.after(last).pageToken()));
      }
      last = next;
      boolean wanted =
          status.filter(wish -> next.status() != wish).isEmpty()
              && objectName.filter(wish -> !next.objectName().equals(wish)).isEmpty();
      if (wanted) {
        results.add(Views.operation(next, null));
      }
    }
  }

  /** A group has few installations, and a project may have very many. */
  private List<RecentFirst.Pages> lists(ProjectId project, @Nullable String groupRef) {
    if (groupRef == null) {
      return List.of(token -> operations.ofProject(project, LOOKED_AT_ONCE, token));
    }
    return installations.listOfGroup(project, groupRef).stream()
        .map(one -> one.value().id())
        .<RecentFirst.Pages>map(id -> token -> operations.ofInstallation(id, LOOKED_AT_ONCE, token))
        .toList();
  }

  private static OperationStatus status(String text) {
    return Arrays.stream(OperationStatus.values())
        .filter(status -> status.text().equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                Issue.query("status", clipped(text), "must be success, failure or in_progress")
                    .malformed());
  }

  /** Answers with the progress of the newest backfill of an object, even if it has ended. */
  private ApiResponse backfillProgress(RouteCall call) {
    Installation installation = installation(call);
    String object = call.variable("object");
    String name =
        installation
            .config()
            .effective()
            .findRead(object)
            .map(EffectiveRead::objectName)
            .orElse(object);
    Operation backfill =
        operations
            .ofInstallation(installation.id(), BACKFILL_AMONG_NEWEST, null)
            .operations()
            .stream()
            .filter(operation -> operation.isRead(ReadType.BACKFILL))
            .filter(operation -> operation.objectName().equals(name))
            .findFirst()
            .orElseThrow(
                () ->
                    new NotFound(
                        "there is no backfill of %s among the newest %s reads of this installation"
                            .formatted(object, BACKFILL_AMONG_NEWEST)));
    return ApiResponse.json(200, Views.progress(backfill, delivered(backfill), Now.of(clock)));
  }

  private Installation installation(RouteCall call) {
    Project project = projects.get(call.project()).value();
    Integration integration = integrations.get(project.id(), call.variable("integration")).value();
    return installations.get(project.id(), integration.id(), call.variable("installation")).value();
  }

  private ApiResponse get(RouteCall call) {
    Operation operation = find(call);
    if (!(operation.work() instanceof Work.Read)) {
      return ApiResponse.json(200, Views.operation(operation, null));
    }
    List<Partition> all = partitions.ofOperation(operation.id());
    ObjectNode json = Views.operation(operation, Settlement.recordsRead(operation, all));
    int givenUp = all.stream().mapToInt(one -> one.givenUp().entries().size()).sum();
    if (givenUp > 0) {
      int later = all.stream().mapToInt(one -> one.givenUp().deliveredLater().size()).sum();
      json.withObject("/metadata")
          .putObject("undelivered")
          .put("messages", givenUp)
          .put("deliveredLater", later);
    }
    return ApiResponse.json(200, json);
  }

  private ApiResponse logs(RouteCall call) {
    Operation operation = find(call);
    return ApiResponse.json(
        200,
        operations.logOf(operation.id(), LOG_LINES_MAX).stream()
            .map(line -> Views.log(operation, line))
            .toList());
  }

  private Operation find(RouteCall call) {
    Project project = projects.get(call.project()).value();
    String id = call.variable("operation");
    return (Ids.isUuid(id) ? operations.find(new OperationId(id)) : Optional.<Operation>empty())
        // A caller must not learn that the operation of another project exists.
        .filter(operation -> operation.project().equals(project.id()))
        .orElseThrow(() -> new NotFound("there is no operation " + id));
  }

  /** Returns null for a write. */
  private @Nullable Long recordsProcessed(Operation operation) {
    return operation.work() instanceof Work.Read ? delivered(operation) : null;
  }

  private long delivered(Operation read) {
    return Settlement.recordsRead(read, partitions.ofOperation(read.id()));
  }
}

package io.pinferry.management;

import static io.pinferry.base.Issue.clipped;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Issue;
import io.pinferry.base.Json;
import io.pinferry.base.PageToken;
import io.pinferry.base.PinferryException.NotFound;
import io.pinferry.base.Tasks;
import io.pinferry.directory.Connection;
import io.pinferry.directory.ConnectionRepository;
import io.pinferry.directory.ConnectionStatus;
import io.pinferry.directory.ConnectionViews;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.Group;
import io.pinferry.directory.Installation;
import io.pinferry.directory.InstallationRepository;
import io.pinferry.directory.Integration;
import io.pinferry.directory.IntegrationRepository;
import io.pinferry.directory.Project;
import io.pinferry.directory.ProjectRepository;
import io.pinferry.directory.ProviderApp;
import io.pinferry.directory.ProviderAppId;
import io.pinferry.directory.ProviderAppRepository;
import io.pinferry.directory.Snapshot;
import io.pinferry.http.ApiResponse;
import io.pinferry.http.Caller;
import io.pinferry.http.JsonBody;
import io.pinferry.http.Permission;
import io.pinferry.http.Route;
import io.pinferry.http.RouteCall;
import io.pinferry.install.ChangeConfig;
import io.pinferry.install.ChangeRequest;
import io.pinferry.install.Install;
import io.pinferry.install.InstallRequest;
import io.pinferry.install.TriggerRead;
import io.pinferry.install.Uninstall;
import io.pinferry.manifest.Cron;
import io.pinferry.manifest.EffectiveRead;
import io.pinferry.manifest.InstallationConfig;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.OperationStatus;
import io.pinferry.operation.OperationStore;
import io.pinferry.operation.ReadType;
import io.pinferry.operation.Work;
import io.pinferry.read.ReadRequest;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Installations. */
final class InstallationRoutes {
  /** How many installations of a list are completed at the same time. */
  private static final int SIDE_BY_SIDE = 32;

  private static final int PAGE_SIZE_MAX = 1000;
  private static final String NEXT_PAGE = "x-next-page-token";

  private final ProjectRepository projects;
  private final IntegrationRepository integrations;
  private final InstallationRepository installations;
  private final ConnectionRepository connections;
  private final ProviderAppRepository apps;
  private final OperationStore operations;
  private final Install install;
  private final ChangeConfig change;
  private final Uninstall uninstall;
  private final TriggerRead trigger;
  private final Tasks tasks;

  InstallationRoutes(
      DirectoryStore store,
      OperationStore operations,
      Install install,
      ChangeConfig change,
      Uninstall uninstall,
      TriggerRead trigger,
      Tasks tasks) {
    this.projects = new ProjectRepository(store);
    this.integrations = new IntegrationRepository(store);
    this.installations = new InstallationRepository(store);
    this.connections = new ConnectionRepository(store);
    this.apps = new ProviderAppRepository(store);
    this.operations = operations;
    this.install = install;
    this.change = change;
    this.uninstall = uninstall;
    this.trigger = trigger;
    this.tasks = tasks;
  }

  List<Route> routes() {
    String all = "/v1/projects/{project}/integrations/{integration}/installations";
    String one = all + "/{installation}";
    return List.of(
        Route.get(
                "/v1/projects/{project}/installations",
                Permission.INSTALLATION_LIST_ALL,
                this::listAll)
            .taking("groupRef", "pageSize", "pageToken"),
        Route.get(all, Permission.INSTALLATION_LIST, this::list).taking("groupRef"),
        Route.post(all, Permission.INSTALLATION_CREATE, this::create).taking("skipSampling"),
        Route.post(all + ":import", Permission.INSTALLATION_IMPORT, this::importOne)
            .taking("skipSampling"),
        Route.get(one, Permission.INSTALLATION_READ, this::get),
        Route.patch(one, Permission.INSTALLATION_CHANGE, this::change).taking("skipSampling"),
        Route.patch(
            "/v1/projects/{project}/integrations/{integration}/objects/{object}/config-content",
            Permission.INSTALLATION_OPERATE,
            this::changeObject),
        Route.post(one + "/objects/{object}:read", Permission.READ_TRIGGER, this::read),
        Route.delete(one, Permission.INSTALLATION_DELETE, this::delete));
  }

  private ApiResponse listAll(RouteCall call) {
    Project project = projects.get(call.project()).value();
    Optional<String> groupRef = call.groupRef();
    // Without a size it is the whole list, as in the contract.
    int pageSize =
        call.query("pageSize").isPresent()
            ? call.queryNumber("pageSize", 1, PAGE_SIZE_MAX, PAGE_SIZE_MAX)
            : Integer.MAX_VALUE;
    Optional<Position> after = call.filter("pageToken").map(Position::of);
    List<Snapshot<Installation>> all =
        groupRef.isPresent()
            ? installations.listOfGroup(project.id(), groupRef.get())
            : installations.list(project.id());
    List<Snapshot<Installation>> rest =
        all.stream().filter(one -> after.isEmpty() || after.get().isBefore(one.value())).toList();
    if (rest.size() <= pageSize) {
      return answer(call, rest);
    }
    List<Snapshot<Installation>> page = rest.subList(0, pageSize);
    return answer(call, page)
        // The contract's answer is a plain list, so the token is beside it.
        .withHeader(NEXT_PAGE, Position.of(page.getLast().value()).pageToken());
  }

  /**
   * A position in the list of installations: right behind this one, which may be gone.
   *
   * @param id the order of installations of the same time
   */
  private record Position(Instant createTime, String id) {
    static Position of(Installation installation) {
      return new Position(installation.createTime(), installation.id().value());
    }

    static Position of(String pageToken) {
      try {
        String[] parts = PageToken.position(pageToken).split("#", 2);
        return new Position(Instant.parse(parts[0]), parts[parts.length - 1]);
      } catch (IllegalArgumentException | DateTimeParseException e) {
        throw Issue.query("pageToken", "is not a pageToken returned by this list").malformed();
      }
    }

    String pageToken() {
      return PageToken.of(createTime + "#" + id);
    }

    boolean isBefore(Installation installation) {
      int order = createTime.compareTo(installation.createTime());
      return order < 0 || (order == 0 && id.compareTo(installation.id().value()) < 0);
    }
  }

  private ApiResponse list(RouteCall call) {
    Project project = projects.get(call.project()).value();
    Integration integration = integration(call, project);
    Optional<String> groupRef = call.groupRef();
    return answer(
        call,
        groupRef.isPresent()
            ? installations.findOfGroup(project.id(), integration.id(), groupRef.get()).stream()
                .toList()
            : installations.list(project.id(), integration.id()));
  }

  private record NewInstallation(
      String groupRef,
      @Nullable String connectionId,
      @Nullable String account,
      @Nullable String createdBy,
      @Nullable JsonNode content) {

    /** Reads {@code config}, which is the same in a new installation and in an answer. */
    static NewInstallation read(
        JsonBody body, String groupRef, @Nullable String connectionId, @Nullable String account) {
      JsonBody config = body.requireObject("config");
      // Adds an issue if it is missing or no object.
      config.requireObject("content");
      return new NewInstallation(
          groupRef,
          connectionId,
          account,
          config.given("createdBy").orElse(null),
          config.tree("content").orElse(null));
    }
  }

  private ApiResponse create(RouteCall call) {
    return install(
        call,
        body ->
            NewInstallation.read(
                body,
                body.requireText("groupRef", Group.REF_LENGTH_MAX),
                body.given("connectionId").orElse(null),
                null));
  }

  /** Installs as another installation was, which the body shows as an answer does. */
  private ApiResponse importOne(RouteCall call) {
    return install(
        call,
        body ->
            NewInstallation.read(
                body,
                body.requireObject("group").requireText("groupRef", Group.REF_LENGTH_MAX),
                null,
                body.requireObject("connection").given("providerConsumerRef").orElse(null)));
  }

  private ApiResponse install(RouteCall call, Function<JsonBody, NewInstallation> reader) {
    boolean skipSampling = call.queryFlag("skipSampling");
    NewInstallation request = call.body(reader);
    JsonNode content = request.content();
    InstallationConfig choice =
        InstallationConfig.parse("config.content", content == null ? Json.object() : content);
    Project project = projects.get(call.project()).value();
    call.requireOwnGroup(request.groupRef());
    checkCreatedBy(call, "config.createdBy", request.createdBy());
    Caller.Customer customer = call.caller().customer();
    Installation installed =
        install.install(
            new InstallRequest(
                project.id(),
                integration(call, project),
                request.groupRef(),
                request.connectionId(),
                customer == null ? null : customer.consumerRef(),
                request.account(),
                choice,
                request.createdBy(),
                call.caller().page(),
                skipSampling));
    return ApiResponse.json(201, view(installed));
  }

  private ApiResponse get(RouteCall call) {
    return ApiResponse.json(200, view(find(call)));
  }

  private ApiResponse change(RouteCall call) {
    boolean skipSampling = call.queryFlag("skipSampling");
    Caller.Customer customer = call.caller().customer();
    Optional<ChangeRequest> request =
        call.body(
            body ->
                InstallationMasks.read(
                    body, customer == null ? null : customer.consumerRef(), skipSampling));
    Installation installation = find(call);
    checkCreatedBy(
        call, "installation.config.createdBy", request.map(ChangeRequest::createdBy).orElse(null));
    return ApiResponse.json(
        200, view(request.isPresent() ? change.change(installation, request.get()) : installation));
  }

  private ApiResponse changeObject(RouteCall call) {
    ObjectConfigChange request = call.body(ObjectConfigChange::read);
    Project project = projects.get(call.project()).value();
    Integration integration = integration(call, project);
    Installation installation = find(project, integration, request);
    return ApiResponse.json(
        200,
        view(
            change.change(
                installation,
                request.of(call.variable("object"), installation.config().effective()))));
  }

  private Installation find(Project project, Integration integration, ObjectConfigChange request) {
    String id = request.installationId();
    String groupRef = request.groupRef();
    Optional<Installation> found =
        id != null
            ? Optional.of(installations.get(project.id(), integration.id(), id).value())
            : installations
                .findOfGroup(project.id(), integration.id(), groupRef == null ? "" : groupRef)
                .map(Snapshot::value);
    return found
        .filter(one -> groupRef == null || one.owner().group().ref().equals(groupRef))
        .orElseThrow(
            () ->
                new NotFound(
                    "group %s has not installed integration %s%s"
                        .formatted(
                            clipped(String.valueOf(groupRef)),
                            integration.name(),
                            id == null ? "" : " as " + id)));
  }

  private ApiResponse delete(RouteCall call) {
    uninstall.uninstall(find(call));
    return ApiResponse.noContent();
  }

  /**
   * Starts a read of all records of one object now, as the read door does. A page of this door's
   * origin can then do without another origin.
   */
  private ApiResponse read(RouteCall call) {
    Integration integration = integration(call, projects.get(call.project()).value());
    OperationId operation =
        trigger.start(
            integration,
            call.variable("object"),
            find(call).owner().group().ref(),
            ReadRequest.whole(ReadType.TRIGGERED, Work.Period.ALL));
    return ApiResponse.json(201, Json.object().put("operationId", operation.value()));
  }

  private Installation find(RouteCall call) {
    Project project = projects.get(call.project()).value();
    return installations
        .get(
            project.id(),
            integration(call, project).id(),
            call.variable("installation"),
            found -> sees(call, found))
        .value();
  }

  private static boolean sees(RouteCall call, Installation installation) {
    return call.caller()
        .sees(installation.owner().group().ref(), installation.owner().consumer().ref());
  }

  /** A page can only name a consumer, and the holder of a JWT only themselves. */
  private static void checkCreatedBy(RouteCall call, String path, @Nullable String createdBy) {
    if (createdBy == null || !call.caller().page()) {
      return;
    }
    Caller.Customer customer = call.caller().customer();
    boolean own =
        customer == null
            ? createdBy.startsWith("consumer:")
            : createdBy.equals("consumer:" + customer.consumerRef());
    if (!own) {
      throw Issue.body(path, "is not who asks; leave it out, it is set from the connection")
          .malformed();
    }
  }

  private Integration integration(RouteCall call, Project project) {
    return integrations.get(project.id(), call.variable("integration")).value();
  }

  private ApiResponse answer(RouteCall call, List<Snapshot<Installation>> all) {
    List<Snapshot<Installation>> found =
        all.stream().filter(installation -> sees(call, installation.value())).toList();
    return ApiResponse.json(
        200, tasks.all(found, SIDE_BY_SIDE, installation -> view(installation.value())));
  }

  private ObjectNode view(Installation installation) {
    Optional<Connection> connection =
        connections.find(installation.project(), installation.connection()).map(Snapshot::value);
    boolean healthy =
        connection.isPresent()
            && connection.get().access().status() != ConnectionStatus.BAD_CREDENTIALS;
    OperationStatus last =
        operations.ofInstallation(installation.id(), 1, null).operations().stream()
            .findFirst()
            .map(Operation::status)
            .orElse(null);
    ObjectNode shown =
        connection.isPresent() ? shown(connection.get()) : removedConnection(installation);
    ObjectNode json = Views.installation(installation, shown, healthy, last);
    if (healthy) {
      putNextReads(json, installation);
    }
    return json;
  }

  private void putNextReads(ObjectNode json, Installation installation) {
    for (EffectiveRead read : installation.config().effective().read()) {
      Cron schedule = read.schedule();
      if (schedule != null && !read.disabled()) {
        json.withObject("/nextReads")
            .put(read.objectName(), schedule.nextAfter(tasks.now()).toString());
      }
    }
  }

  private ObjectNode shown(Connection connection) {
    ProviderAppId app = connection.access().app();
    ProviderApp found =
        app == null ? null : apps.find(connection.project(), app).map(Snapshot::value).orElse(null);
    return ConnectionViews.connection(connection, found);
  }

  /** The contract requires a connection, so a removed one is shown with its known members. */
  private static ObjectNode removedConnection(Installation installation) {
    ObjectNode json = Json.object();
    json.put("id", installation.connection().value());
    json.put("projectId", installation.project().value());
    json.put("provider", "pinterest");
    json.set("group", ConnectionViews.group(installation.project(), installation.owner().group()));
    json.set(
        "consumer",
        ConnectionViews.consumer(installation.project(), installation.owner().consumer()));
    json.put("createTime", installation.createTime().toString());
    json.put("authScheme", Connection.AUTH_SCHEME);
    json.put("status", ConnectionStatus.BAD_CREDENTIALS.text());
    return json;
  }
}

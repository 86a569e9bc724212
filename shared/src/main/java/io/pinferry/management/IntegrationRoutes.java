package io.pinferry.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Issue;
import io.pinferry.base.PinferryException.NotFound;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.Ids;
import io.pinferry.directory.Integration;
import io.pinferry.directory.IntegrationId;
import io.pinferry.directory.IntegrationRepository;
import io.pinferry.directory.Project;
import io.pinferry.directory.ProjectId;
import io.pinferry.directory.ProjectRepository;
import io.pinferry.directory.Snapshot;
import io.pinferry.http.ApiResponse;
import io.pinferry.http.Caller;
import io.pinferry.http.Endpoint;
import io.pinferry.http.JsonBody;
import io.pinferry.http.Permission;
import io.pinferry.http.Route;
import io.pinferry.http.RouteCall;
import io.pinferry.install.Uninstall;
import io.pinferry.management.Deploy.Deployment;
import io.pinferry.manifest.Manifest;
import io.pinferry.manifest.ManifestZip;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Integrations. */
final class IntegrationRoutes {
  private static final String SOURCE_ZIP = "sourceZipUrl";
  private static final int WARNINGS_LENGTH_MAX = 2_000;

  private final ProjectRepository projects;
  private final IntegrationRepository integrations;
  private final Deploy deploy;
  private final Uninstall uninstall;
  private final Uploads uploads;

  IntegrationRoutes(DirectoryStore store, Deploy deploy, Uninstall uninstall, Uploads uploads) {
    this.projects = new ProjectRepository(store);
    this.integrations = new IntegrationRepository(store);
    this.deploy = deploy;
    this.uninstall = uninstall;
    this.uploads = uploads;
  }

  List<Route> routes() {
    String all = "/v1/projects/{project}/integrations";
    String one = all + "/{integration}";
    return List.of(
        Route.get(all, Permission.INTEGRATION_LIST, this::list),
        Route.post(all, Permission.INTEGRATION_DEPLOY, this::create),
        Route.put(all + ":batch", Permission.INTEGRATION_DEPLOY, this::deployAll)
            .taking("destructive"),
        Route.get(one, Permission.INTEGRATION_READ, this::get),
        Route.delete(one, Permission.INTEGRATION_DEPLOY, this::delete),
        Route.post(one + "/revisions", Permission.INTEGRATION_DEPLOY, this::revise)
            .taking("destructive"));
  }

  private ApiResponse list(RouteCall call) {
    Project project = projects.get(call.project()).value();
    return ApiResponse.json(
        200,
        integrations.list(project.id()).stream()
            .map(Snapshot::value)
            .map(Views::integration)
            .toList());
  }

  private ApiResponse get(RouteCall call) {
    Project project = projects.get(call.project()).value();
    return ApiResponse.json(
        200,
        Views.integration(integrations.get(project.id(), call.variable("integration")).value()));
  }

  private ApiResponse create(RouteCall call) {
    ObjectNode content =
        call.body(
            body -> {
              body.allowOnlyNew("name", "provider", "latestRevision");
              String name = body.requireText("name");
              String provider = body.requireText("provider");
              JsonBody revision = body.requireObject("latestRevision");
              revision.requireChoice("specVersion", List.of(Manifest.SPEC_VERSION));
              ObjectNode tree = revision.requireObject("content").tree();
              same(revision, tree, "name", name);
              same(revision, tree, "provider", provider);
              return tree;
            });
    Project project = projects.get(call.project()).value();
    return warning(
        ApiResponse.empty(201), deploy.create(project.id(), "latestRevision.content", content));
  }

  private static void same(JsonBody revision, ObjectNode content, String member, String outer) {
    JsonNode inner = content.path(member);
    if (inner.isTextual() && !inner.textValue().equals(outer)) {
      revision.issue("content." + member, "must be the same as " + member);
    }
  }

  private ApiResponse deployAll(RouteCall call) {
    boolean destructive = call.queryFlag("destructive");
    Source source = source(call);
    Project project = projects.get(call.project()).value();
    Deployment deployed =
        deploy.deploy(project.id(), yaml(call, project.id(), source), destructive);
    return warning(
        ApiResponse.json(200, deployed.integrations().stream().map(Views::integration).toList()),
        deployed);
  }

  private ApiResponse revise(RouteCall call) {
    boolean destructive = call.queryFlag("destructive");
    Source source = source(call);
    Project project = projects.get(call.project()).value();
    Integration integration = integrations.get(project.id(), call.variable("integration")).value();
    return warning(
        ApiResponse.empty(201),
        deploy.revise(integration, yaml(call, project.id(), source), destructive));
  }

  /** Adds the warnings as a header, since the answers of the contract have no place for them. */
  private static ApiResponse warning(ApiResponse answer, Deployment deployed) {
    if (deployed.warnings().isEmpty()) {
      return answer;
    }
    String text =
        deployed.warnings().stream()
            .map(Issue::text)
            .collect(Collectors.joining("; "))
            // A header holds visible ASCII only.
            .replaceAll("[^\\x20-\\x7e]", "?");
    return answer.withHeader(
        "x-pinferry-warnings", text.substring(0, Math.min(text.length(), WARNINGS_LENGTH_MAX)));
  }

  /** The place of a manifest. */
  private sealed interface Source {
    /** In the request itself. */
    record Yaml(String text) implements Source {}

    /** In a zip that was uploaded before. */
    record Zip(String url) implements Source {}
  }

  private static Source source(RouteCall call) {
    return call.body(
        body -> {
          body.allowOnly("sourceYaml", SOURCE_ZIP);
          Optional<String> zip = body.given(SOURCE_ZIP);
          if (zip.isEmpty()) {
            return new Source.Yaml(body.requireText("sourceYaml", Endpoint.BODY_BYTES_MAX));
          }
          if (body.tree("sourceYaml").filter(yaml -> !yaml.asText().isBlank()).isPresent()) {
            body.issue(SOURCE_ZIP, "is given together with sourceYaml; give one of them");
          }
          return new Source.Zip(zip.get());
        });
  }

  private String yaml(RouteCall call, ProjectId project, Source source) {
    return switch (source) {
      case Source.Yaml yaml -> yaml.text();
      case Source.Zip zip ->
          ManifestZip.manifest(
              SOURCE_ZIP,
              uploads.get(project, call.caller().kind() == Caller.Kind.ADMIN, zip.url()));
    };
  }

  private ApiResponse delete(RouteCall call) {
    Project project = projects.get(call.project()).value();
    String idOrName = call.variable("integration");
    Optional<Snapshot<Integration>> present =
        (Ids.isUuid(idOrName)
                ? integrations.find(project.id(), new IntegrationId(idOrName))
                : Optional.<Snapshot<Integration>>empty())
            .or(() -> integrations.findByName(project.id(), idOrName));
    if (present.isPresent()) {
      uninstall.remove(present.get());
      return ApiResponse.noContent();
    }
    // An earlier request may have crashed before the end.
    uninstall.finishRemoval(
        integrations
            .findRemoval(project.id(), idOrName)
            .orElseThrow(() -> new NotFound("there is no integration " + idOrName)));
    return ApiResponse.noContent();
  }
}

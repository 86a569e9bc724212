package io.pinferry.management;

import static io.pinferry.base.Issue.clipped;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Issue;
import io.pinferry.base.Json;
import io.pinferry.base.Nearest;
import io.pinferry.base.PinferryException.InvalidRequest;
import io.pinferry.base.PinferryException.NotFound;
import io.pinferry.directory.ConnectionRepository;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.Installation;
import io.pinferry.directory.InstallationRepository;
import io.pinferry.directory.Integration;
import io.pinferry.directory.IntegrationRepository;
import io.pinferry.directory.ProjectId;
import io.pinferry.directory.ProjectRepository;
import io.pinferry.http.ApiResponse;
import io.pinferry.http.Permission;
import io.pinferry.http.Route;
import io.pinferry.http.RouteCall;
import io.pinferry.manifest.EffectiveRead;
import io.pinferry.pinterest.DisplayNames;
import io.pinferry.pinterest.ObjectFields;
import io.pinferry.pinterest.PinterestOauth;
import io.pinferry.pinterest.ReadCatalogue;
import io.pinferry.pinterest.WriteObjects;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Fields of objects. They are the same for all accounts, so Pinterest is not asked. */
final class MetadataRoutes {
  private final ProjectRepository projects;
  private final IntegrationRepository integrations;
  private final InstallationRepository installations;
  private final ConnectionRepository connections;

  MetadataRoutes(DirectoryStore store) {
    this.projects = new ProjectRepository(store);
    this.integrations = new IntegrationRepository(store);
    this.installations = new InstallationRepository(store);
    this.connections = new ConnectionRepository(store);
  }

  List<Route> routes() {
    String integration = "/v1/projects/{project}/integrations/{integration}";
    String provider = "/v1/projects/{project}/providers/{provider}";
    return List.of(
        Route.get(
                integration + "/objects/{object}/metadata",
                Permission.METADATA_READ,
                this::ofInstallation)
            .taking("groupRef", "excludeReadOnly"),
        Route.get(
                provider + "/objects/{object}/metadata",
                Permission.METADATA_READ,
                this::ofConnection)
            .taking("groupRef", "excludeReadOnly"),
        Route.put(
            integration + "/object-metadata",
            Permission.METADATA_READ,
            MetadataRoutes::refuseCustomFields),
        Route.put(
            provider + "/object-metadata",
            Permission.METADATA_READ,
            MetadataRoutes::refuseCustomFields));
  }

  private ApiResponse ofInstallation(RouteCall call) {
    boolean excludeReadOnly = call.queryFlag("excludeReadOnly");
    String groupRef = groupRef(call);
    ProjectId project = projects.get(call.project()).value().id();
    Integration integration = integrations.get(project, call.variable("integration")).value();
    Installation installation =
        installations
            .findOfGroup(project, integration.id(), groupRef)
            .orElseThrow(
                () ->
                    new NotFound(
                        "group %s has not installed integration %s"
                            .formatted(clipped(groupRef), integration.name())))
            .value();
    String name = call.variable("object");
    Optional<EffectiveRead> read = installation.config().effective().findRead(name);
    String mapped =
        read.map(EffectiveRead::deliveredName)
            .filter(delivered -> !delivered.equals(read.get().objectName()))
            .orElse(null);
    return metadata(read.map(EffectiveRead::objectName).orElse(name), mapped, excludeReadOnly);
  }

  private ApiResponse ofConnection(RouteCall call) {
    boolean excludeReadOnly = call.queryFlag("excludeReadOnly");
    String groupRef = groupRef(call);
    ProjectId project = projects.get(call.project()).value().id();
    String provider = call.variable("provider");
    if (!provider.equals(PinterestOauth.PROVIDER)) {
      throw new NotFound(
          "there is no provider " + clipped(provider),
          "the only one is " + PinterestOauth.PROVIDER);
    }
    if (connections.findOfGroup(project, provider, groupRef).isEmpty()) {
      throw new NotFound("group " + clipped(groupRef) + " has no connection to " + provider);
    }
    return metadata(call.variable("object"), null, excludeReadOnly);
  }

  private static String groupRef(RouteCall call) {
    return call.query("groupRef")
        .orElseThrow(() -> Issue.query("groupRef", "is missing; name the group").malformed());
  }

  private static ApiResponse metadata(
      String objectName, @Nullable String mappedName, boolean excludeReadOnly) {
    ObjectFields known =
        ObjectFields.find(objectName)
            .orElseThrow(
                () -> {
                  var names = new TreeSet<>(ReadCatalogue.names());
                  names.addAll(WriteObjects.names());
                  return new NotFound(
                      "there is no object %s%s"
                          .formatted(clipped(objectName), Nearest.hint(objectName, names)));
                });
    ObjectNode json = Json.object();
    json.put("name", objectName);
    json.put("displayName", known.displayName());
    if (mappedName != null) {
      json.put("mappedObjectName", mappedName);
    }
    ObjectNode fields = json.putObject("fields");
    known
        .fields()
        .forEach(
            (name, field) -> {
              if (!(excludeReadOnly && field.readOnly())) {
                fields.set(
                    name,
                    FieldViews.metadata(
                        name,
                        DisplayNames.of(name),
                        field.field(),
                        field.readOnly(),
                        field.required()));
              }
            });
    return ApiResponse.json(200, json);
  }

  private static ApiResponse refuseCustomFields(RouteCall call) {
    throw new InvalidRequest(
        InvalidRequest.Kind.UNPROCESSABLE,
        "Pinterest has no custom fields, so none can be created or changed",
        "Keep what Pinterest has no field for in your own product.",
        List.of());
  }
}

package io.pinbridge.management;

import static io.pinbridge.base.Issue.clipped;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinbridge.base.Issue;
import io.pinbridge.base.Json;
import io.pinbridge.base.Nearest;
import io.pinbridge.base.PinbridgeException.InvalidRequest;
import io.pinbridge.base.PinbridgeException.NotFound;
import io.pinbridge.directory.ConnectionRepository;
import io.pinbridge.directory.DirectoryStore;
import io.pinbridge.directory.Installation;
import io.pinbridge.directory.InstallationRepository;
import io.pinbridge.directory.Integration;
import io.pinbridge.directory.IntegrationRepository;
import io.pinbridge.directory.ProjectId;
import io.pinbridge.directory.ProjectRepository;
import io.pinbridge.http.ApiResponse;
import io.pinbridge.http.Permission;
import io.pinbridge.http.Route;
import io.pinbridge.http.RouteCall;
import io.pinbridge.manifest.EffectiveRead;
import io.pinbridge.pinterest.DisplayNames;
import io.pinbridge.pinterest.ObjectFields;
import io.pinbridge.pinterest.PinterestOauth;
import io.pinbridge.pinterest.ReadCatalogue;
import io.pinbridge.pinterest.WriteObjects;
import io.pinbridge.read.InstalledReads;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Fields of objects: known for all accounts alike, so Pinterest is not asked. */
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
            this::ofInstallation),
        Route.get(
            provider + "/objects/{object}/metadata", Permission.METADATA_READ, this::ofConnection),
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
                        "group "
                            + clipped(groupRef)
                            + " has not installed integration "
                            + integration.name()))
            .value();
    String name = call.variable("object");
    Optional<EffectiveRead> read = InstalledReads.effective(installation).findRead(name);
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
        .orElseThrow(
            () ->
                InvalidRequest.malformed(
                    Issue.query("groupRef", null, "is missing; name the group")));
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
                      "there is no object "
                          + clipped(objectName)
                          + Nearest.hint(objectName, names));
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

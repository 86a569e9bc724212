package io.pinferry.management;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.base.Log;
import io.pinferry.base.Tasks;
import io.pinferry.base.VirtualThreadTasks;
import io.pinferry.delivery.DeliveryMessage;
import io.pinferry.delivery.ParkedRelease;
import io.pinferry.delivery.RecordingDeliveryQueue;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.IntegrationId;
import io.pinferry.directory.ProjectId;
import java.util.List;

/** A project with two destinations, and a customer whose boards are read. */
final class DeliveringShop {
  private static final String MANIFEST =
      """
      specVersion: 1.0.0
      integrations:
        - name: sync
          provider: pinterest
          read:
            objects:
              - objectName: boards
                destination: hook
                schedule: "0 3 * * *"
                optionalFieldsAuto: all
      """;

  final ManagementWorld world = new ManagementWorld();
  final String project = world.project("shop");
  final String integration;
  final String installation;

  DeliveringShop() {
    world.destination("hook");
    world.destination("other");
    integration = world.deploy(MANIFEST, "").body().at("/0/id").asText();
    world.connect(project, "org_7", "boards:read");
    installation =
        world
            .post(
                "/v1/projects/shop/integrations/sync/installations",
                "{'groupRef':'org_7','config':{'content':{'provider':'pinterest','read':{'objects':"
                    + "{'boards':{'objectName':'boards','selectedFieldsAuto':'all',"
                    + "'selectedFieldMappings':{},'selectedFields':{}}}}}}}")
            .text("id");
    assertThat(installation).isNotEmpty();
  }

  /** Starts a read of the boards, and returns its id. */
  String read() {
    return world
        .post(
            "/v1/projects/shop/integrations/sync/installations/"
                + installation
                + "/objects/boards:read",
            "")
        .text("operationId");
  }

  /** Returns a message with records of a read, after eight attempts. */
  DeliveryMessage message(String id, String destination, String operation) {
    return new DeliveryMessage(
            id,
            new ProjectId(project),
            new DeliveryMessage.Records(
                new IntegrationId(integration),
                new InstallationId(installation),
                "boards",
                new DeliveryMessage.Receipt(operation, "partition-1", "1.0.abc")),
            destination,
            "{\"a\":7}".getBytes(UTF_8))
        .after(8);
  }

  /** Returns the messages that the next tick gives to the delivery queue. */
  List<DeliveryMessage> released() {
    var queue = new RecordingDeliveryQueue();
    Tasks tasks = new VirtualThreadTasks(world.clock);
    var release = new ParkedRelease(world.parked, queue, world.cloud.timers(), tasks, Log.none());
    world.timers(ParkedRelease.KIND).forEach(release::fire);
    return queue.sent();
  }
}

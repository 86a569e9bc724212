package io.pinferry.read;

import io.pinferry.directory.AccountId;
import io.pinferry.directory.ConnectionId;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.IntegrationId;
import io.pinferry.directory.ProjectId;
import io.pinferry.notification.Notification;
import io.pinferry.pinterest.ReadCatalogue;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads of one installation, for tests. */
final class ReadFixtures {
  static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  static final InstallationId INSTALLATION = new InstallationId("installation-1");
  static final ConnectionId CONNECTION = new ConnectionId("connection-1");
  static final AccountId ACCOUNT = new AccountId("account-1");
  static final OperationId OPERATION = new OperationId("operation-1");
  static final Selection EVERYTHING = new Selection(List.of(), List.of(), true, Map.of());

  private ReadFixtures() {}

  static Selection fields(String... dotted) {
    return new Selection(
        Arrays.stream(dotted).map(ReadFixtures::path).toList(), List.of(), false, Map.of());
  }

  static Selection.Path path(String dotted) {
    return new Selection.Path(List.of(dotted.split("\\.", -1)));
  }

  static Selection.Mapping mapping(String source, String target) {
    return new Selection.Mapping(path(source), path(target));
  }

  static ReadTarget target(String objectName, @Nullable String plan, Selection selection) {
    return new ReadTarget(
        new ProjectId("project-1"),
        new IntegrationId("integration-1"),
        INSTALLATION,
        CONNECTION,
        "config-1",
        NOON.minusSeconds(3600),
        new Notification.Party("g_1", "Blue \"Shop\""),
        new Notification.Party("u_42", "Ana"),
        Set.of("boards:read", "pins:read", "ads:read", "catalogs:read", "biz_access:read"),
        ACCOUNT,
        "user-1",
        objectName,
        "my_" + objectName,
        "webhook",
        plan,
        selection);
  }

  static ReadSpec spec(String objectName, Selection selection) {
    return spec(objectName, selection, null, null);
  }

  static ReadSpec spec(
      String objectName, Selection selection, @Nullable Instant since, @Nullable Instant until) {
    return new ReadSpec(
        objectName,
        "my_" + objectName,
        "webhook",
        ReadCatalogue.get(objectName).defaultPlan().name(),
        new Notification.Party("g_1", "Blue \"Shop\""),
        new Notification.Party("u_42", "Ana"),
        NOON.minusSeconds(3600),
        ACCOUNT,
        null,
        selection,
        since,
        until,
        List.of());
  }

  static Operation operation(ReadSpec spec) {
    return new Operation(
        OPERATION,
        new ProjectId("project-1"),
        new IntegrationId("integration-1"),
        INSTALLATION,
        CONNECTION,
        "config-1",
        spec.objectName(),
        ReadType.SCHEDULED,
        spec.toJson(),
        NOON,
        OperationStatus.IN_PROGRESS,
        "",
        null);
  }
}

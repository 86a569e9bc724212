package io.pinferry.operation;

import io.pinferry.directory.AccountId;
import io.pinferry.directory.ConnectionId;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.IntegrationId;
import io.pinferry.directory.ProjectId;
import io.pinferry.notification.Notification.Party;
import io.pinferry.pinterest.ReadCatalogue;
import io.pinferry.pinterest.WriteVerb;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Operations of one installation, for tests. */
public final class OperationFixtures {
  public static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  public static final InstallationId INSTALLATION = new InstallationId("installation-1");
  public static final Origin ORIGIN =
      new Origin(
          new ProjectId("project-1"),
          new IntegrationId("integration-1"),
          INSTALLATION,
          new ConnectionId("connection-1"),
          "config-1");
  public static final Customer CUSTOMER =
      new Customer(new Party("g_1", "Blue \"Shop\""), new Party("u_42", "Ana"));
  public static final AccountId ACCOUNT = new AccountId("account-1");
  public static final Selection EVERYTHING = new Selection(List.of(), List.of(), true, Map.of());

  private OperationFixtures() {}

  public static Operation operation(OperationId id, Instant startedAt, Work work) {
    return Operation.started(id, ORIGIN, work, startedAt);
  }

  /** Returns a read of everything. */
  public static Work.Read read(String objectName, ReadType type) {
    return read(objectName, type, EVERYTHING, Work.Period.ALL);
  }

  public static Work.Read read(
      String objectName, ReadType type, Selection selection, Work.Period period) {
    return new Work.Read(
        objectName,
        type,
        ReadCatalogue.get(objectName).defaultPlan().name(),
        envelope(objectName),
        new Work.Account(ACCOUNT, null),
        selection,
        period,
        List.of(),
        null);
  }

  public static Work.Envelope envelope(String objectName) {
    return new Work.Envelope("my_" + objectName, "webhook", CUSTOMER, NOON.minusSeconds(3600));
  }

  /** Returns a read that uses every member. */
  public static Work.Read limitedRead() {
    return new Work.Read(
        "pins",
        ReadType.TRIGGERED,
        "owned",
        envelope("pins"),
        new Work.Account(ACCOUNT, "user-1"),
        new Selection(
            List.of(path("id"), path("media", "images")),
            List.of(new Selection.Mapping(path("title"), path("name", "text"))),
            false,
            Map.of("privacy", Map.of("PUBLIC", "open"))),
        new Work.Period(NOON.minusSeconds(60), NOON),
        List.of("ad accounts were left out"),
        Work.Comparison.withNone("there is no read before", true, true).withHeldReleased());
  }

  private static Selection.Path path(String... names) {
    return new Selection.Path(List.of(names));
  }

  /** Returns a synchronous creation. */
  public static Work.Write write(String objectName, int recordCount) {
    return new Work.Write(
        objectName,
        WriteVerb.CREATE,
        CUSTOMER,
        recordCount,
        recordCount > 1,
        false,
        new Work.Timing(false, null, null),
        ACCOUNT);
  }

  /** Returns an asynchronous creation of records that are still gathered. */
  public static Work.Write gatheredWrite() {
    return new Work.Write(
        "boards",
        WriteVerb.CREATE,
        CUSTOMER,
        0,
        true,
        false,
        new Work.Timing(true, NOON.plusSeconds(7200), NOON.plusSeconds(300)),
        null);
  }
}

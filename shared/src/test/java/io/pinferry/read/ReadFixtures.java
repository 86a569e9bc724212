package io.pinferry.read;

import io.pinferry.directory.AccountId;
import io.pinferry.directory.ConnectionId;
import io.pinferry.directory.InstallationId;
import io.pinferry.manifest.DeliveryMode;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationFixtures;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.ReadType;
import io.pinferry.operation.Selection;
import io.pinferry.operation.Work;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads of one installation, for tests. */
final class ReadFixtures {
  static final Instant NOON = OperationFixtures.NOON;
  static final InstallationId INSTALLATION = OperationFixtures.INSTALLATION;
  static final ConnectionId CONNECTION = OperationFixtures.ORIGIN.connection();
  static final AccountId ACCOUNT = OperationFixtures.ACCOUNT;
  static final OperationId OPERATION = new OperationId("operation-1");
  static final Selection EVERYTHING = OperationFixtures.EVERYTHING;

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
    return target(objectName, plan, selection, DeliveryMode.ALL);
  }

  static ReadTarget target(
      String objectName, @Nullable String plan, Selection selection, DeliveryMode mode) {
    return new ReadTarget(
        OperationFixtures.ORIGIN,
        objectName,
        plan,
        OperationFixtures.envelope(objectName),
        new Work.Account(ACCOUNT, "user-1"),
        Set.of("boards:read", "pins:read", "ads:read", "catalogs:read", "biz_access:read"),
        selection,
        mode);
  }

  /** Returns a target whose connection has another account. */
  static ReadTarget of(AccountId account, ReadTarget target) {
    return new ReadTarget(
        target.origin(),
        target.objectName(),
        target.planName(),
        target.envelope(),
        new Work.Account(account, "user-2"),
        target.scopes(),
        target.selection(),
        target.mode());
  }

  static Work.Read spec(String objectName, Selection selection) {
    return spec(objectName, selection, null, null);
  }

  static Work.Read spec(
      String objectName, Selection selection, @Nullable Instant since, @Nullable Instant until) {
    return OperationFixtures.read(
        objectName, ReadType.SCHEDULED, selection, new Work.Period(since, until));
  }

  static Operation operation(Work.Read spec) {
    return OperationFixtures.operation(OPERATION, NOON, spec);
  }
}

package io.pinferry.read;

import static io.pinferry.read.ReadFixtures.EVERYTHING;
import static io.pinferry.read.ReadFixtures.NOON;
import static io.pinferry.read.ReadFixtures.OPERATION;
import static io.pinferry.read.ReadFixtures.target;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pinferry.operation.Chain;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.OperationStatus;
import io.pinferry.operation.PartitionId;
import io.pinferry.operation.ReadType;
import io.pinferry.operation.Work;
import io.pinferry.timer.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class ReadStartsTest {
  private final ReadStarts starts =
      new ReadStarts(new InMemoryCloud(() -> NOON).operations(), Duration.ofSeconds(60));

  private ReadStarts.ReadStart prepare(ReadTarget target) {
    return starts.prepare(
        target, OPERATION, ReadRequest.whole(ReadType.TRIGGERED, Work.Period.ALL), NOON);
  }

  private ReadStarts.ReadStart prepare(String object, @Nullable String plan) {
    return prepare(target(object, plan, EVERYTHING));
  }

  @Test
  void theOperationHoldsAllThatItsReadNeeds() {
    ReadTarget target = target("pins", null, ReadFixtures.fields("id"));
    ReadStarts.ReadStart prepared =
        starts.prepare(
            target,
            OPERATION,
            ReadRequest.whole(ReadType.TRIGGERED, new Work.Period(NOON.minusSeconds(9), NOON)),
            NOON.plusSeconds(1));

    Operation operation = prepared.start().operation();
    assertThat(operation.id()).isEqualTo(OPERATION);
    assertThat(operation.installation()).isEqualTo(target.installation());
    assertThat(operation.origin()).isEqualTo(target.origin());
    assertThat(operation.read().type()).isEqualTo(ReadType.TRIGGERED);
    assertThat(operation.startedAt()).isEqualTo(NOON.plusSeconds(1));
    assertThat(operation.status()).isEqualTo(OperationStatus.IN_PROGRESS);
    assertThat(operation.ended()).isFalse();
    Work.Read spec = operation.read();
    assertThat(spec.planName()).isEqualTo("owned");
    assertThat(spec.envelope().objectName()).isEqualTo("my_pins");
    assertThat(spec.envelope().destination()).isEqualTo("webhook");
    assertThat(spec.selection()).isEqualTo(target.selection());
    assertThat(spec.period().since()).isEqualTo(NOON.minusSeconds(9));
    assertThat(spec.period().until()).isEqualTo(NOON);
    assertThat(spec.account().pinterestUserId()).isEqualTo("user-1");
    assertThat(spec.leftOut()).isEmpty();
  }

  @Test
  void itsWatchdogFiresAfterTheInterval() {
    assertThat(prepare("pins", null).watchdog())
        .isEqualTo(new Timer(NOON.plusSeconds(60), Watchdog.KIND, OPERATION.value(), Map.of()));
  }

  @Test
  void everyRootIsStarted() {
    ReadStarts.ReadStart prepared = prepare("stats", null);

    assertThat(prepared.start().roots())
        .containsExactly(new Chain("catalogs", Map.of()), new Chain("ad_accounts", Map.of()));
    assertThat(prepared.roots())
        .containsExactly(
            new PartitionKey(OPERATION, PartitionId.of("catalogs", Map.of())),
            new PartitionKey(OPERATION, PartitionId.of("ad_accounts", Map.of())));
  }

  @Test
  void anotherPlanIsTakenIfItIsAskedFor() {
    assertThat(prepare("pins", "boards").start().roots())
        .containsExactly(new Chain("boards", Map.of()));
    assertThatThrownBy(() -> prepare("pins", "union"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("union");
    assertThatThrownBy(() -> prepare("websites", null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("websites");
  }

  @Test
  void aRootWithoutItsScopeIsLeftOutAndNoted() {
    ReadTarget target =
        SettlementTest.withScopes(target("catalogs", null, EVERYTHING), Set.of("catalogs:read"));

    ReadStarts.ReadStart prepared = prepare(target);

    assertThat(prepared.start().roots()).containsExactly(new Chain("catalogs", Map.of()));
    assertThat(prepared.start().operation().read().leftOut())
        .containsExactly(
            "records visible only through ad accounts were left out, since ads:read was not"
                + " granted");
  }

  @Test
  void aRequiredRootStartsWithoutItsScope() {
    ReadTarget target = SettlementTest.withScopes(target("pins", null, EVERYTHING), Set.of());

    assertThat(prepare(target).start().roots()).hasSize(1);
  }

  @Test
  void theSameDueInstantIsTheSameRead() {
    ReadTarget pins = target("pins", null, EVERYTHING);
    OperationId id = ReadStarts.idOf(pins, NOON);

    assertThat(ReadStarts.idOf(target("pins", "boards", EVERYTHING), NOON)).isEqualTo(id);
    assertThat(ReadStarts.idOf(pins, NOON.plusSeconds(60))).isNotEqualTo(id);
    assertThat(ReadStarts.idOf(target("boards", null, EVERYTHING), NOON)).isNotEqualTo(id);
    assertThat(id.value()).matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
  }
}

package io.pinferry.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LedgerTest {
  private static final Instant NOON = Instant.parse("2026-09-01T12:00:00Z");
  private static final Duration LENGTH = Duration.ofSeconds(1);
  private static final long SECOND = NOON.getEpochSecond();

  private final Ledger ledger =
      Ledger.empty(LENGTH)
          .from(SECOND - 2)
          .plus(NOON)
          .plus(NOON.plusMillis(999))
          .plus(NOON.plusSeconds(3));

  @Test
  void slotsCountInTheSecondTheyFallInto() {
    assertThat(ledger.count(SECOND)).isEqualTo(2);
    assertThat(ledger.count(SECOND - 1)).isZero();
    assertThat(ledger.sum(SECOND - 100, SECOND + 3)).isEqualTo(2);
    assertThat(ledger.sum(SECOND + 1, SECOND + 100)).isEqualTo(1);
  }

  @Test
  void slotsThatAreTakenBackAreFreeAndNoOthers() {
    Ledger less =
        ledger.minus(List.of(NOON, NOON.plusSeconds(1), NOON.minusSeconds(5), NOON.plusSeconds(9)));

    assertThat(less.sum(SECOND - 100, SECOND + 100)).isEqualTo(2);
    assertThat(less.count(SECOND)).isEqualTo(1);
  }

  @Test
  void whatIsForgottenIsGone() {
    Ledger later = ledger.from(SECOND + 1);

    assertThat(later.first()).isEqualTo(SECOND + 1);
    assertThat(later.sum(SECOND - 100, SECOND + 100)).isEqualTo(1);
    assertThat(ledger.from(SECOND + 50).sum(SECOND - 100, SECOND + 100)).isZero();
    assertThat(ledger.from(SECOND - 50)).isSameAs(ledger);
    assertThatThrownBy(() -> later.plus(NOON)).hasMessageContaining("forgotten");
  }

  @Test
  void itIsTheSameAfterItWasStored() {
    Ledger much = ledger;
    for (int slot = 0; slot < 700; slot++) {
      much = much.plus(NOON.plusSeconds(5));
    }

    assertThat(Ledger.decoded(LENGTH, much.first(), much.encoded())).isEqualTo(much);
    assertThat(Ledger.decoded(LENGTH, ledger.first(), ledger.encoded())).isEqualTo(ledger);
    assertThat(ledger).isNotEqualTo(much);
  }

  @Test
  void aCellCanBeShorterThanASecond() {
    Ledger empty = Ledger.empty(Duration.ofMillis(50));
    long noon = empty.cellOf(NOON);
    Ledger fine = empty.from(noon).plus(NOON).plus(NOON.plusMillis(49));

    assertThat(fine.count(noon)).isEqualTo(2);
    assertThat(fine.plus(NOON.plusMillis(50)).count(noon)).isEqualTo(2);
    assertThat(fine.begin(noon + 1)).isEqualTo(NOON.plusMillis(50));
  }

  @Test
  void theFullestPeriodAroundACellIsFound() {
    Ledger steps = ledger.plus(NOON.plusSeconds(1));

    assertThat(steps.mostAround(SECOND + 1, 1)).isEqualTo(1);
    assertThat(steps.mostAround(SECOND + 1, 2)).isEqualTo(3);
    assertThat(steps.mostAround(SECOND + 2, 2)).isEqualTo(1);
    assertThat(steps.mostAround(SECOND + 2, 4)).isEqualTo(4);
  }

  @Test
  void bytesThatBreakOffAreNoLedger() {
    assertThatThrownBy(() -> Ledger.decoded(LENGTH, SECOND, new byte[] {1, (byte) 0x80}))
        .hasMessageContaining("has no end");
  }
}

package io.pinferry.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LedgerTest {
  private static final Instant NOON = Instant.parse("2026-09-01T12:00:00Z");
  private static final long SECOND = NOON.getEpochSecond();

  private final Ledger ledger =
      Ledger.EMPTY.from(SECOND - 2).plus(NOON).plus(NOON.plusMillis(999)).plus(NOON.plusSeconds(3));

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

    assertThat(Ledger.decoded(much.first(), much.encoded())).isEqualTo(much);
    assertThat(Ledger.decoded(ledger.first(), ledger.encoded())).isEqualTo(ledger);
    assertThat(ledger).isNotEqualTo(much);
  }

  @Test
  void bytesThatBreakOffAreNoLedger() {
    assertThatThrownBy(() -> Ledger.decoded(SECOND, new byte[] {1, (byte) 0x80}))
        .hasMessageContaining("has no end");
  }
}

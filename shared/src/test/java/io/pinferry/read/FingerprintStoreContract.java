package io.pinferry.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.operation.Chain;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.PartitionId;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The behaviour of every store of fingerprints. */
public abstract class FingerprintStoreContract {
  private final PartitionKey key = key(UUID.randomUUID().toString(), "chain-1");

  protected abstract FingerprintStore fingerprints();

  private static PartitionKey key(String operation, String partition) {
    return new PartitionKey(new OperationId(operation), new PartitionId(partition));
  }

  private static FingerprintStore.Page page(int number, long fence, int recordCount) {
    ByteBuffer bytes = ByteBuffer.allocate(16 * recordCount);
    IntStream.range(0, recordCount)
        .forEach(i -> bytes.putLong(Long.MIN_VALUE + i).putLong(fence - i));
    List<String> keys =
        IntStream.range(0, recordCount).mapToObj(i -> "10968451234567%04d".formatted(i)).toList();
    return new FingerprintStore.Page(
        number,
        fence,
        recordCount / 2,
        Fingerprints.of(bytes.array()),
        recordCount % 2 == 0
            ? List.of()
            : List.of(new ListKeys(new Chain("pins", Map.of("board_id", "1")), keys)));
  }

  @Test
  void pagesAreReturnedInTheirOrder() {
    for (int number : new int[] {10, 9, 1, 2}) {
      assertThat(fingerprints().store(key, page(number, 1, number))).isTrue();
    }

    assertThat(fingerprints().of(key))
        .containsExactly(page(1, 1, 1), page(2, 1, 2), page(9, 1, 9), page(10, 1, 10));
  }

  @Test
  void aPageWithoutRecordsAndTheLargestPageAreStored() {
    fingerprints().store(key, page(1, 1, 0));
    fingerprints().store(key, page(2, 1, 1_000));

    assertThat(fingerprints().of(key)).containsExactly(page(1, 1, 0), page(2, 1, 1_000));
  }

  @Test
  void keysFromWhichTheHashesFollowComeBackWithThem() {
    var chain = new Chain("pins", Map.of());
    List<String> ids = List.of("813744226420795884", "813744226420795885");
    var fingerprints = new Fingerprints.Builder(2);
    ids.forEach(id -> fingerprints.add(Fingerprints.keyHash(List.of(id)), Long.parseLong(id)));
    var own = new ListKeys(chain, ids);
    var before = new ListKeys(chain, List.of("5"));
    var whole = new FingerprintStore.Page(1, 1, 1, fingerprints.build(), List.of(own, before));
    var other = new FingerprintStore.Page(1, 2, 1, fingerprints.build(), List.of(before, own));

    fingerprints().store(key, whole);
    assertThat(fingerprints().of(key)).containsExactly(whole);
    fingerprints().store(key, other);
    assertThat(fingerprints().of(key)).as("in another order").containsExactly(other);
    fingerprints().store(key, whole);
    assertThat(fingerprints().of(key)).as("of an older fence").containsExactly(other);
  }

  @Test
  void aNewerOrTheSameFenceReplacesAPageAndAnOlderOneDoesNot() {
    fingerprints().store(key, page(1, 4, 2));

    assertThat(fingerprints().store(key, page(1, 3, 1))).isFalse();
    assertThat(fingerprints().of(key)).containsExactly(page(1, 4, 2));
    assertThat(fingerprints().store(key, page(1, 4, 3))).isTrue();
    assertThat(fingerprints().store(key, page(1, 5, 1))).isTrue();
    assertThat(fingerprints().of(key)).containsExactly(page(1, 5, 1));
  }

  @Test
  void partitionsAreApart() {
    PartitionKey other = key(key.operation().value(), "chain-2");
    PartitionKey longer = key(key.operation().value(), "chain-11");
    fingerprints().store(other, page(1, 1, 1));
    fingerprints().store(longer, page(1, 1, 2));

    assertThat(fingerprints().of(key)).isEmpty();
    assertThat(fingerprints().of(other)).hasSize(1);
  }

  @Test
  void theFingerprintsOfAReadAreRemovedAndThoseOfOthersStay() {
    PartitionKey other = key(UUID.randomUUID().toString(), "chain-1");
    fingerprints().store(key, page(1, 1, 1));
    fingerprints().store(key(key.operation().value(), "chain-2"), page(7, 1, 1));
    fingerprints().store(other, page(1, 1, 1));

    fingerprints().remove(key.operation());
    fingerprints().remove(key.operation());

    assertThat(fingerprints().of(key)).isEmpty();
    assertThat(fingerprints().of(key(key.operation().value(), "chain-2"))).isEmpty();
    assertThat(fingerprints().of(other)).hasSize(1);
  }
}

package io.pinferry.read;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.operation.OperationId;
import io.pinferry.operation.PartitionId;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ContentDigestTest {
  private static final ContentDigest DIGEST = of("operation-1");

  private static ContentDigest of(String operation) {
    return new ContentDigest(
        new PartitionKey(new OperationId(operation), PartitionId.of("pins", Map.of())));
  }

  private static byte[] content(int length) {
    byte[] content = new byte[length];
    new Random(length).nextBytes(content);
    return content;
  }

  private static String whole(ContentDigest digest, byte[] content) {
    return digest.of(content, 0, content.length);
  }

  @Test
  void theSameContentHasTheSameDigestWhereverItLies() {
    byte[] content = content(3000);
    byte[] further = new byte[4000];
    System.arraycopy(content, 0, further, 517, content.length);

    assertThat(DIGEST.of(further, 517, 3517))
        .isEqualTo(whole(DIGEST, content))
        .isEqualTo(whole(of("operation-1"), content))
        .matches("[0-9a-f]{16}");
  }

  @Test
  void anyOtherByteMakesAnotherDigest() {
    byte[] content = content(2 * ContentDigest.BLOCK_BYTES + 300);
    Set<String> digests = new HashSet<>(Set.of(whole(DIGEST, content)));
    for (int at = 0; at < content.length; at++) {
      byte[] other = content.clone();
      other[at] ^= (byte) (1 << (at % 8));
      digests.add(whole(DIGEST, other));
    }

    assertThat(digests).hasSize(content.length + 1);
  }

  @Test
  void zerosAtTheEndCount() {
    Set<String> digests = new HashSet<>();
    for (int length = 0; length <= 2 * ContentDigest.BLOCK_BYTES + 1; length++) {
      digests.add(whole(DIGEST, new byte[length]));
    }

    assertThat(digests).hasSize(2 * ContentDigest.BLOCK_BYTES + 2);
  }

  @Test
  void wordsAndBlocksInAnotherOrderMakeAnotherDigest() {
    byte[] content = content(2 * ContentDigest.BLOCK_BYTES);
    Set<String> digests = new HashSet<>(Set.of(whole(DIGEST, content)));
    for (int distance : new int[] {8, 16, ContentDigest.BLOCK_BYTES}) {
      byte[] swapped = content.clone();
      System.arraycopy(content, 0, swapped, distance, 8);
      System.arraycopy(content, distance, swapped, 0, 8);
      digests.add(whole(DIGEST, swapped));
    }

    assertThat(digests).hasSize(4);
  }

  @Test
  void anotherOperationHasAnotherKey() {
    byte[] content = "the same".getBytes(UTF_8);

    assertThat(whole(of("operation-2"), content)).isNotEqualTo(whole(DIGEST, content));
  }
}

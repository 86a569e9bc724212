package io.pinferry.read;

import io.pinferry.base.CanonicalJson;
import io.pinferry.base.Codec;
import io.pinferry.base.Digest;
import io.pinferry.base.Json;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.Work;
import io.pinferry.pinterest.PageRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Compares the records of a partition with those of the same partition in the read before. */
final class ChainComparison {
  private final EarlierChains earlier;
  private final @Nullable PartitionKey before;
  private final Set<String> volatileMembers;
  private final Function<PageRecord, List<String>> keyOf;
  private final String delivery;

  /**
   * @param key the partition
   * @param keyOf returns the parts of the key of a record
   */
  ChainComparison(
      EarlierChains earlier,
      Work.Read read,
      Work.Comparison comparison,
      PartitionKey key,
      Function<PageRecord, List<String>> keyOf) {
    OperationId other = comparison.before();
    this.earlier = earlier;
    this.before = other == null ? null : new PartitionKey(other, key.partition());
    this.volatileMembers = read.object().volatileMembers();
    this.keyOf = keyOf;
    this.delivery = delivery(read);
  }

  /**
   * Returns a digest of what besides the record and its partition decides about the delivered
   * record, and about who gets it.
   */
  private static String delivery(Work.Read read) {
    return Digest.of(
            read.envelope().objectName(),
            read.envelope().destination(),
            CanonicalJson.of(Codec.tree(read.selection()), Set.of()))
        .hex(16);
  }

  /**
   * The records of a page, compared.
   *
   * @param delivered the records to deliver
   * @param created how many of them the read before did not have
   */
  record ComparedPage(
      List<PageRecord> delivered, int created, int unchanged, Fingerprints fingerprints) {
    int changed() {
      return delivered.size() - created;
    }
  }

  /**
   * Compares the records of a page.
   *
   * @param readAgain whether pages of this partition were read more than once in this read. Then
   *     messages of both attempts may be on their way, so all records are delivered now, and again
   *     by the next read
   */
  ComparedPage compare(List<PageRecord> records, boolean readAgain) {
    Map<Long, Long> contents = before == null ? Map.of() : earlier.find(before).orElse(Map.of());
    List<PageRecord> delivered = new ArrayList<>();
    int created = 0;
    var fingerprints = new Fingerprints.Builder(records.size());
    for (PageRecord record : records) {
      long key = hash(Digest.of(keyOf.apply(record).toArray(String[]::new)));
      long content = contentOf(record);
      Long known = contents.get(key);
      if (known == null) {
        created++;
      }
      if (readAgain || known == null || known != content) {
        delivered.add(record);
      }
      fingerprints.add(key, readAgain ? Fingerprints.UNCERTAIN : content);
    }
    return new ComparedPage(
        delivered, created, records.size() - delivered.size(), fingerprints.build());
  }

  private long contentOf(PageRecord record) {
    byte[] json = Arrays.copyOfRange(record.body(), record.start(), record.end());
    try {
      return hash(
          Digest.of(delivery, "canonical", CanonicalJson.of(Json.parse(json), volatileMembers)));
    } catch (IOException e) {
      // A page may have what a tree may not, such as a duplicate member. Then every byte counts.
      return hash(Digest.of(delivery, "bytes").and(json));
    }
  }

  private static long hash(Digest digest) {
    long hash = ByteBuffer.wrap(digest.bytes()).getLong();
    return hash == Fingerprints.UNCERTAIN ? 1 : hash;
  }
}

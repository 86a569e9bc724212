package io.pinferry.read;

import io.pinferry.base.CanonicalJson;
import io.pinferry.base.Codec;
import io.pinferry.base.Digest;
import io.pinferry.base.Json;
import io.pinferry.operation.Chain;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.Work;
import io.pinferry.pinterest.PageRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Compares the records of a partition with those of the same partition in the read before. */
final class ChainComparison {
  /** A tree takes many times as much memory as its text. Larger records are compared by bytes. */
  private static final int TREE_BYTES_MAX = 1_000_000;

  private final EarlierChains earlier;
  private final @Nullable PartitionKey before;
  private final Set<String> volatileMembers;
  private final Function<PageRecord, List<String>> keyOf;
  private final String delivery;
  private final Chain list;
  private final boolean keepsKeys;

  /**
   * @param keyOf returns the parts of the key of a record
   */
  ChainComparison(
      EarlierChains earlier,
      Operation operation,
      Work.Comparison comparison,
      Partition partition,
      Function<PageRecord, List<String>> keyOf) {
    OperationId other = comparison.before();
    this.earlier = earlier;
    this.before = other == null ? null : new PartitionKey(other, partition.key().partition());
    this.volatileMembers = operation.read().object().volatileMembers();
    this.keyOf = keyOf;
    this.delivery = delivery(operation);
    this.list = partition.chain();
    this.keepsKeys = comparison.tellsDeletions();
  }

  /**
   * Returns a digest of what besides the record and its partition decides about the delivered
   * record, and about who gets it. With the id of the installation, nobody who writes records at
   * Pinterest can look for two contents with one hash.
   */
  private static String delivery(Operation operation) {
    Work.Read read = operation.read();
    return Digest.of(
            operation.installation().value(),
            read.envelope().objectName(),
            read.envelope().destination(),
            CanonicalJson.of(Codec.tree(read.selection()), Set.of()))
        .hex(16);
  }

  /**
   * The records of a page, compared.
   *
   * @param delivered the records to deliver
   * @param created how many of them the partition did not have in the read before; 0 if there is
   *     nothing to compare with
   * @param fingerprints of all records, those of new ones first
   * @param keys of all records, in the order of the fingerprints; empty if deletions are not told
   */
  record ComparedPage(
      List<PageRecord> delivered,
      int created,
      int unchanged,
      Fingerprints fingerprints,
      List<ListKeys> keys) {}

  /**
   * Compares the records of a page.
   *
   * @param readAgain whether pages of this partition were read more than once in this read. Then
   *     messages of both attempts may be on their way, so all records are delivered
   */
  ComparedPage compare(List<PageRecord> records, boolean readAgain) {
    EarlierChains.Earlier known = before == null ? null : earlier.find(before).orElse(null);
    List<PageRecord> delivered = new ArrayList<>();
    var created = new Fingerprints.Builder(records.size());
    var others = new Fingerprints.Builder(records.size());
    List<String> createdKeys = new ArrayList<>();
    List<String> otherKeys = new ArrayList<>();
    for (PageRecord record : records) {
      List<String> parts = keyOf.apply(record);
      long key = Fingerprints.keyHash(parts);
      long content = contentOf(record);
      Long earlierContent = known == null ? null : known.find(key);
      boolean isNew = known != null && earlierContent == null;
      (isNew ? created : others).add(key, content);
      (isNew ? createdKeys : otherKeys).add(parts.getFirst());
      if (readAgain
          || known == null
          || earlierContent == null
          || earlierContent != content
          || known.arrivedElsewhere(key)) {
        delivered.add(record);
      }
    }
    int createdCount = created.count();
    return new ComparedPage(
        delivered,
        createdCount,
        records.size() - delivered.size(),
        created.addAll(others).build(),
        keys(createdKeys, otherKeys));
  }

  private List<ListKeys> keys(List<String> created, List<String> others) {
    List<String> keys = Stream.concat(created.stream(), others.stream()).toList();
    return keepsKeys && !keys.isEmpty() ? List.of(new ListKeys(list, keys)) : List.of();
  }

  private long contentOf(PageRecord record) {
    byte[] json = Arrays.copyOfRange(record.body(), record.start(), record.end());
    if (json.length <= TREE_BYTES_MAX) {
      try {
        return Fingerprints.hash(
            Digest.of(delivery, "canonical", CanonicalJson.of(Json.parse(json), volatileMembers)));
      } catch (IOException e) {
        // A page may have what a tree may not, such as a duplicate member. Then every byte counts.
      }
    }
    return Fingerprints.hash(Digest.of(delivery, "bytes").and(json));
  }
}

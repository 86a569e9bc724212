package io.pinferry.write;

import io.pinferry.base.Codec;
import io.pinferry.base.Digest;
import io.pinferry.directory.AccountId;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.DirectoryWrite;
import io.pinferry.directory.Document;
import io.pinferry.directory.DocumentKey;
import io.pinferry.directory.InstallationId;
import io.pinferry.operation.OperationId;
import io.pinferry.pinterest.WriteVerb;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Batches that are gathered from single records until they are full or due. What has joined a batch
 * and whether it is closed stands in one document, so that no record joins a batch that is being
 * sent. The records themselves are kept elsewhere, each under an id of its own.
 */
final class GatheredBatches {
  static final int RECORDS_MAX = WriteRequest.RECORDS_MAX;

  /** Longer than any batch is gathered and tried. */
  private static final Duration KEPT = Duration.ofDays(5);

  private final DirectoryStore directory;

  GatheredBatches(DirectoryStore directory) {
    this.directory = directory;
  }

  /** The stored form of a kind: its latest batch. */
  private record Pointer(OperationId operation) {}

  /**
   * The stored form of a batch.
   *
   * @param records ids of the records in it, as they came
   * @param dueAt when it is sent at the latest
   * @param closedAt null while records may join
   */
  private record Content(List<OperationId> records, Instant dueAt, @Nullable Instant closedAt) {
    static Content of(Document document) {
      return Codec.stored(Content.class, document.json());
    }
  }

  /** Records of one kind can share a batch. */
  record Kind(InstallationId installation, String objectName, WriteVerb verb, AccountId account) {
    private DocumentKey key() {
      return new DocumentKey(
          "GATHERING#" + installation.value(),
          Digest.of(objectName, verb.text(), account.value()).hex(32));
    }
  }

  /**
   * The latest batch of a kind.
   *
   * @param pointer names it; null if there is none
   * @param batch null if there is none, or it is full or closed
   */
  record Latest(@Nullable Document pointer, @Nullable Batch batch) {}

  /**
   * A batch that can be joined.
   *
   * @param document as it was found
   */
  record Batch(OperationId operation, Document document) {
    int recordCount() {
      return Content.of(document).records.size();
    }
  }

  /**
   * A closed batch.
   *
   * @param records ids of the records in it, as they came
   */
  record Closed(List<OperationId> records, Instant at) {
    Closed {
      records = List.copyOf(records);
    }
  }

  private static DocumentKey key(OperationId operation) {
    return new DocumentKey("GATHERED#" + operation.value(), "BATCH");
  }

  /** Finds the batch that a record of a kind is to join. */
  Latest find(Kind kind) {
    Document pointer = directory.find(kind.key()).orElse(null);
    if (pointer == null) {
      return new Latest(null, null);
    }
    OperationId operation = Codec.stored(Pointer.class, pointer.json()).operation;
    Batch batch =
        directory
            .find(key(operation))
            .filter(document -> Content.of(document).closedAt == null)
            .map(document -> new Batch(operation, document))
            .filter(found -> found.recordCount() < RECORDS_MAX)
            .orElse(null);
    return new Latest(pointer, batch);
  }

  /**
   * Puts a record into a batch.
   *
   * @param with what takes effect together with it
   * @return what was refused, and nothing has changed then; empty if it is in
   */
  List<DirectoryWrite> join(Batch batch, OperationId record, List<DirectoryWrite> with) {
    Document before = batch.document();
    Content content = Content.of(before);
    List<OperationId> records = new ArrayList<>(content.records);
    records.add(record);
    var joined = new Content(records, content.dueAt, content.closedAt);
    List<DirectoryWrite> writes = new ArrayList<>(with);
    writes.add(new DirectoryWrite.Replace(before.key(), Codec.text(joined), before.version()));
    return directory.write(writes);
  }

  /**
   * Returns what begins a batch with its first record; refused if another has begun one meanwhile.
   *
   * @param dueAt when it is sent at the latest
   */
  List<DirectoryWrite> opening(
      Kind kind,
      Latest latest,
      OperationId operation,
      OperationId record,
      Instant now,
      Instant dueAt) {
    Instant expiresAt = now.plus(KEPT);
    String pointer = Codec.text(new Pointer(operation));
    var batch = new Content(List.of(record), dueAt, null);
    Document before = latest.pointer();
    return List.of(
        before == null
            ? new DirectoryWrite.Create(kind.key(), pointer, expiresAt)
            : new DirectoryWrite.Replace(kind.key(), pointer, before.version()),
        new DirectoryWrite.Create(key(operation), Codec.text(batch), expiresAt));
  }

  /** Closes a batch that is full or due; empty if it is neither, or not known. */
  Optional<Closed> close(OperationId operation, Instant now) {
    for (int round = 0; round <= RECORDS_MAX; round++) {
      Document document = directory.find(key(operation)).orElse(null);
      if (document == null) {
        return Optional.empty();
      }
      Content content = Content.of(document);
      List<OperationId> records = content.records;
      if (content.closedAt != null) {
        return Optional.of(new Closed(records, content.closedAt));
      }
      if (records.size() < RECORDS_MAX && now.isBefore(content.dueAt)) {
        return Optional.empty();
      }
      var closed = new Content(records, content.dueAt, now);
      var replace =
          new DirectoryWrite.Replace(document.key(), Codec.text(closed), document.version());
      if (directory.write(List.of(replace)).isEmpty()) {
        return Optional.of(new Closed(records, now));
      }
      // One more has joined, or another has closed it.
    }
    return Optional.empty();
  }
}

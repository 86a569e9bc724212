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
 * Batches that Pinferry makes of single records. A batch is open until it is full or due. One
 * document holds the ids of its records and whether it is closed, so that no record joins a batch
 * that is already sent. The records themselves are stored elsewhere, each under its own id.
 */
final class AutoBatches {
  static final int RECORDS_MAX = WriteRequest.RECORDS_MAX;

  /** Longer than any batch is open and tried. */
  private static final Duration RETENTION = Duration.ofDays(5);

  private final DirectoryStore directory;

  AutoBatches(DirectoryStore directory) {
    this.directory = directory;
  }

  /** The stored form of a kind: its latest batch. */
  private record Pointer(OperationId operation) {}

  /**
   * The stored form of a batch.
   *
   * @param records ids of its records, in the order in which they joined
   * @param dueAt when it is sent at the latest
   * @param closedAt null while records may join
   */
  private record Content(List<OperationId> records, Instant dueAt, @Nullable Instant closedAt) {
    static Content of(Document document) {
      return Codec.stored(Content.class, document.json());
    }
  }

  /** Records of the same kind can share a batch. */
  record Kind(InstallationId installation, String objectName, WriteVerb verb, AccountId account) {
    private DocumentKey key() {
      return new DocumentKey(
          partition(installation), Digest.of(objectName, verb.text(), account.value()).hex(32));
    }
  }

  /**
   * The latest batch of a kind.
   *
   * @param pointer the document with its id; null if there is none
   * @param batch null if there is none, or it is full or closed
   */
  record LatestBatch(@Nullable Document pointer, @Nullable OpenBatch batch) {}

  /** A batch that records can join, with its document as it was read. */
  record OpenBatch(OperationId operation, Document document) {
    int recordCount() {
      return Content.of(document).records.size();
    }
  }

  /**
   * A closed batch.
   *
   * @param records ids of its records, in the order in which they joined
   */
  record ClosedBatch(List<OperationId> records, Instant at) {
    ClosedBatch {
      records = List.copyOf(records);
    }
  }

  private static DocumentKey key(OperationId operation) {
    return new DocumentKey("GATHERED#" + operation.value(), "BATCH");
  }

  /** Finds the batch that a record of a kind can join. */
  LatestBatch find(Kind kind) {
    Document pointer = directory.find(kind.key()).orElse(null);
    if (pointer == null) {
      return new LatestBatch(null, null);
    }
    OperationId operation = Codec.stored(Pointer.class, pointer.json()).operation;
    OpenBatch batch =
        directory
            .find(key(operation))
            .filter(document -> Content.of(document).closedAt == null)
            .map(document -> new OpenBatch(operation, document))
            .filter(found -> found.recordCount() < RECORDS_MAX)
            .orElse(null);
    return new LatestBatch(pointer, batch);
  }

  /**
   * Puts a record into a batch.
   *
   * @param with changes that take effect together with it
   * @return the refused changes, and nothing has changed then; empty if the record has joined
   */
  List<DirectoryWrite> join(OpenBatch batch, OperationId record, List<DirectoryWrite> with) {
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
   * Returns the changes that begin a batch with its first record. They are refused if another
   * request has begun one meanwhile.
   *
   * @param dueAt when it is sent at the latest
   */
  List<DirectoryWrite> opening(
      Kind kind,
      LatestBatch latest,
      OperationId operation,
      OperationId record,
      Instant now,
      Instant dueAt) {
    Instant expiresAt = now.plus(RETENTION);
    String pointer = Codec.text(new Pointer(operation));
    var batch = new Content(List.of(record), dueAt, null);
    Document before = latest.pointer();
    return List.of(
        before == null
            ? new DirectoryWrite.Create(kind.key(), pointer, expiresAt)
            : new DirectoryWrite.Replace(kind.key(), pointer, before.version()),
        new DirectoryWrite.Create(key(operation), Codec.text(batch), expiresAt));
  }

  /**
   * Returns the records that were gathered for an operation, none if it is not known as a batch.
   */
  List<OperationId> recordsOf(OperationId operation) {
    return directory
        .find(key(operation))
        .map(document -> Content.of(document).records)
        .orElse(List.of());
  }

  /** Removes the batch of an operation. */
  void remove(OperationId operation) {
    directory.write(List.of(new DirectoryWrite.Discard(key(operation))));
  }

  /** Forgets the latest batches of an installation. */
  static void remove(DirectoryStore directory, InstallationId installation) {
    DirectoryWrite.discardAll(directory, partition(installation));
  }

  private static String partition(InstallationId installation) {
    return "GATHERING#" + installation.value();
  }

  /** Closes a batch that is full or due; empty if it is neither, or does not exist. */
  Optional<ClosedBatch> close(OperationId operation, Instant now) {
    for (int round = 0; round <= RECORDS_MAX; round++) {
      Document document = directory.find(key(operation)).orElse(null);
      if (document == null) {
        return Optional.empty();
      }
      Content content = Content.of(document);
      List<OperationId> records = content.records;
      if (content.closedAt != null) {
        return Optional.of(new ClosedBatch(records, content.closedAt));
      }
      if (records.size() < RECORDS_MAX && now.isBefore(content.dueAt)) {
        return Optional.empty();
      }
      var closed = new Content(records, content.dueAt, now);
      var replace =
          new DirectoryWrite.Replace(document.key(), Codec.text(closed), document.version());
      if (directory.write(List.of(replace)).isEmpty()) {
        return Optional.of(new ClosedBatch(records, now));
      }
      // Meanwhile a record has joined, or another worker has closed it.
    }
    return Optional.empty();
  }
}

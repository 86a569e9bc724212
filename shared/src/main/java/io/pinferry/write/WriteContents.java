package io.pinferry.write;

import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.InstallationId;
import io.pinferry.operation.OperationId;

/** Removes what writes have stored besides their operations: records, batches and keys. */
public final class WriteContents {
  private final WriteStore records;
  private final DirectoryStore directory;
  private final AutoBatches batches;

  public WriteContents(WriteStore records, DirectoryStore directory) {
    this.records = records;
    this.directory = directory;
    this.batches = new AutoBatches(directory);
  }

  /** Removes the records of an operation, also those that were gathered for it. */
  public void remove(OperationId operation) {
    batches.recordsOf(operation).forEach(records::remove);
    batches.remove(operation);
    records.remove(operation);
  }

  /** Removes the open batches and the used Idempotency-Keys of an installation. */
  public void remove(InstallationId installation) {
    AutoBatches.remove(directory, installation);
    IdempotencyKey.remove(directory, installation);
  }
}

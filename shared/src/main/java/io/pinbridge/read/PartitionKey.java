package io.pinbridge.read;

/** Names one partition of one operation. */
public record PartitionKey(OperationId operation, PartitionId partition) {}

package io.pinferry.read;

/** Names one partition of one operation. */
public record PartitionKey(OperationId operation, PartitionId partition) {}

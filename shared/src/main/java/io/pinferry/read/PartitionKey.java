package io.pinferry.read;

import io.pinferry.operation.OperationId;
import io.pinferry.operation.PartitionId;

/** Names one partition of one operation. */
public record PartitionKey(OperationId operation, PartitionId partition) {}

package io.pinferry.functions.sync;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import io.pinferry.aws.AwsFunction;
import io.pinferry.aws.SqsBatch;
import io.pinferry.aws.SqsReadQueue;
import io.pinferry.base.Deadline;
import io.pinferry.limit.Budgets;
import io.pinferry.read.PartitionSync;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Drains the partitions of a batch side by side. */
public final class SyncHandler implements RequestStreamHandler {
  /** The time to store and send a started page before Lambda ends the invocation. */
  private static final Duration MARGIN = Duration.ofSeconds(45);

  private final Parts parts;

  private record Parts(AwsFunction function, PartitionSync partitionSync, Budgets budgets) {
    Parts(AwsFunction function) {
      this(function, function.assembly().partitionSync(), function.assembly().budgets());
    }
  }

  /** Lambda calls this once; a wrong setting fails here, as an init error. */
  public SyncHandler() {
    this(System.getenv());
  }

  public SyncHandler(Map<String, String> environment) {
    this.parts = AwsFunction.build("sync", environment, Parts::new);
  }

  @Override
  public void handleRequest(InputStream event, OutputStream answer, Context context)
      throws IOException {
    parts.function().run(context, () -> handle(event, answer, context));
  }

  private void handle(InputStream event, OutputStream answer, Context context) throws IOException {
    Instant now = parts.function().tasks().now();
    SqsBatch batch = SqsBatch.read(event);
    Deadline deadline =
        PartitionSync.turn(
            new Deadline(now.plusMillis(context.getRemainingTimeInMillis()).minus(MARGIN)),
            batch.messages().size(),
            now);
    List<SqsBatch.Message> failed =
        batch.process(
            parts.function().tasks(),
            parts.function().log(),
            message ->
                parts.partitionSync().drain(SqsReadQueue.partitionOf(message.body()), deadline));
    parts.budgets().giveBack();
    SqsBatch.answer(answer, failed);
  }
}

package io.pinferry.functions.writeworker;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import io.pinferry.aws.AwsFunction;
import io.pinferry.aws.SqsBatch;
import io.pinferry.aws.SqsWriteQueue;
import io.pinferry.limit.Budgets;
import io.pinferry.write.AsyncWrites;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Carries out the asynchronous writes of a batch side by side. */
public final class WriteWorkerHandler implements RequestStreamHandler {
  /** The time before the end of an invocation that is kept to store answers. */
  private static final Duration MARGIN = Duration.ofSeconds(30);

  /** The time in which a started record must be answered, except for a long video. */
  private static final Duration ANSWER = Duration.ofSeconds(30);

  private final Parts parts;

  private record Parts(AwsFunction function, AsyncWrites writes, Budgets budgets) {
    Parts(AwsFunction function) {
      this(function, function.assembly().asyncWrites(), function.assembly().budgets());
    }
  }

  /** Lambda calls this once; a wrong setting fails here, as an init error. */
  public WriteWorkerHandler() {
    this(System.getenv());
  }

  public WriteWorkerHandler(Map<String, String> environment) {
    this.parts = AwsFunction.build("write-worker", environment, Parts::new);
  }

  @Override
  public void handleRequest(InputStream event, OutputStream answer, Context context)
      throws IOException {
    parts.function().run(context, () -> handle(event, answer, context));
  }

  private void handle(InputStream event, OutputStream answer, Context context) throws IOException {
    Instant answeredUntil =
        parts.function().tasks().now().plusMillis(context.getRemainingTimeInMillis()).minus(MARGIN);
    List<SqsBatch.Message> failed =
        SqsBatch.read(event)
            .process(
                parts.function().tasks(),
                parts.function().log(),
                message ->
                    parts
                        .writes()
                        .run(
                            SqsWriteQueue.operationOf(message.body()),
                            answeredUntil.minus(ANSWER),
                            answeredUntil));
    parts.budgets().giveBack();
    SqsBatch.answer(answer, failed);
  }
}

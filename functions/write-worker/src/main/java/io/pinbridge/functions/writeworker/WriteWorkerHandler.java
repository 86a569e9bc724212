package io.pinbridge.functions.writeworker;

import static io.pinbridge.base.Field.field;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import io.pinbridge.aws.SqsBatch;
import io.pinbridge.base.Log;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Clock;
import java.util.Map;

/**
 * Stands at the write queue. This version writes nothing and sends nothing there; what arrives all
 * the same, from a later version that was rolled back, stays in the queue for it.
 */
public final class WriteWorkerHandler implements RequestStreamHandler {
  private final Log log =
      Log.to(System.out::println, Clock.systemUTC()).with(field("function", "write-worker"));

  private final String queueUrl;

  /** Lambda calls this once; a wrong setting fails here, as an init error. */
  public WriteWorkerHandler() {
    this(System.getenv());
  }

  public WriteWorkerHandler(Map<String, String> environment) {
    this.queueUrl = Settings.of(environment).queueUrl();
  }

  @Override
  public void handleRequest(InputStream event, OutputStream answer, Context context)
      throws IOException {
    SqsBatch batch = SqsBatch.read(event);
    log.warn(
        "writes left in the queue, since this version cannot write",
        field("queueUrl", queueUrl),
        field("messageCount", batch.messages().size()));
    SqsBatch.answer(answer, batch.messages());
  }
}

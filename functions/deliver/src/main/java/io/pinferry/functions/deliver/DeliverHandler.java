package io.pinferry.functions.deliver;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import io.pinferry.aws.DeliveryBatch;
import io.pinferry.aws.SqsBatch;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;

/** Delivers the messages of a batch side by side. */
public final class DeliverHandler implements RequestStreamHandler {
  private final Wiring wiring;

  /** Lambda calls this once; a wrong setting fails here, as an init error. */
  public DeliverHandler() {
    this(System.getenv());
  }

  public DeliverHandler(Map<String, String> environment) {
    this.wiring = new Wiring(Settings.of(environment));
  }

  @Override
  public void handleRequest(InputStream event, OutputStream answer, Context context)
      throws IOException {
    DeliveryBatch batch = wiring.batch(context.getAwsRequestId());
    SqsBatch.answer(answer, batch.deliver(SqsBatch.read(event)));
  }
}

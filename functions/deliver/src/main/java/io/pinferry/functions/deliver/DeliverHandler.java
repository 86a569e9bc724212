package io.pinferry.functions.deliver;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import io.pinferry.aws.AwsFunction;
import io.pinferry.aws.DeliveryBatch;
import io.pinferry.aws.SqsBatch;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;

/** Delivers the messages of a batch side by side. */
public final class DeliverHandler implements RequestStreamHandler {
  private final Parts parts;

  private record Parts(AwsFunction function, DeliveryBatch batch) {
    Parts(AwsFunction function) {
      this(
          function,
          new DeliveryBatch(
              function.assembly().delivery(),
              function.assembly().readReceipts(),
              function.deliveryQueueVisibility(),
              function.tasks(),
              function.log()));
    }
  }

  /** Lambda calls this once; a wrong setting fails here, as an init error. */
  public DeliverHandler() {
    this(System.getenv());
  }

  public DeliverHandler(Map<String, String> environment) {
    this.parts = AwsFunction.build("deliver", environment, Parts::new);
  }

  @Override
  public void handleRequest(InputStream event, OutputStream answer, Context context)
      throws IOException {
    parts.function().run(context, () -> handle(event, answer));
  }

  private void handle(InputStream event, OutputStream answer) throws IOException {
    SqsBatch.answer(answer, parts.batch().deliver(SqsBatch.read(event)));
  }
}

package io.pinferry.functions.deliver;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import io.pinferry.aws.AwsFunction;
import io.pinferry.aws.DeliveryBatch;
import io.pinferry.aws.MessageVisibility;
import io.pinferry.aws.SqsBatch;
import io.pinferry.base.Log;
import io.pinferry.delivery.Delivery;
import io.pinferry.read.ReadReceipts;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.function.Function;

/** Delivers the messages of a batch side by side. */
public final class DeliverHandler implements RequestStreamHandler {
  private final Parts parts;

  private record Parts(
      AwsFunction function,
      Function<Log, Delivery> delivery,
      ReadReceipts receipts,
      MessageVisibility visibility) {
    Parts(AwsFunction function) {
      this(
          function,
          function.assembly().delivery(),
          function.assembly().readReceipts(),
          function.deliveryQueueVisibility());
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
    Log log = parts.function().log();
    var batch =
        new DeliveryBatch(
            parts.delivery().apply(log),
            parts.receipts(),
            parts.visibility(),
            parts.function().tasks(),
            log);
    SqsBatch.answer(answer, batch.deliver(SqsBatch.read(event)));
  }
}

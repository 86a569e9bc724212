package io.pinferry.functions.write;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import io.pinferry.aws.AwsFunction;
import io.pinferry.http.Endpoint;
import io.pinferry.limit.Budgets;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;

/** Answers the write door: writes one record or a batch to Pinterest. */
public final class WriteHandler implements RequestStreamHandler {
  private final Parts parts;

  private record Parts(AwsFunction function, Endpoint door, Budgets budgets) {
    Parts(AwsFunction function) {
      this(
          function,
          function.primed(
              function.assembly().writeDoor(),
              "POST",
              "/v1/projects/priming/integrations/priming/objects/pins"),
          function.assembly().budgets());
    }
  }

  /** Lambda calls this once; a wrong setting fails here, as an init error. */
  public WriteHandler() {
    this(System.getenv());
  }

  public WriteHandler(Map<String, String> environment) {
    this.parts = AwsFunction.build("write", environment, Parts::new);
  }

  @Override
  public void handleRequest(InputStream event, OutputStream answer, Context context)
      throws IOException {
    parts.function().run(context, () -> handle(event, answer));
  }

  private void handle(InputStream event, OutputStream answer) throws IOException {
    try {
      parts.door().handle(event, answer);
    } finally {
      parts.budgets().giveBack();
    }
  }
}

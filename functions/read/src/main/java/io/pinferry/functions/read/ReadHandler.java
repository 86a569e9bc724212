package io.pinferry.functions.read;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import io.pinferry.aws.AwsFunction;
import io.pinferry.http.Endpoint;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;

/** Answers the read door: starts a read of one object now. */
public final class ReadHandler implements RequestStreamHandler {
  private final Parts parts;

  private record Parts(AwsFunction function, Endpoint door) {
    Parts(AwsFunction function) {
      this(
          function,
          function.primed(
              function.assembly().readDoor(),
              "POST",
              "/v1/projects/priming/integrations/priming/objects/pins"));
    }
  }

  /** Lambda calls this once; a wrong setting fails here, as an init error. */
  public ReadHandler() {
    this(System.getenv());
  }

  public ReadHandler(Map<String, String> environment) {
    this.parts = AwsFunction.build("read", environment, Parts::new);
  }

  @Override
  public void handleRequest(InputStream event, OutputStream answer, Context context)
      throws IOException {
    parts.function().run(context, () -> parts.door().handle(event, answer));
  }
}

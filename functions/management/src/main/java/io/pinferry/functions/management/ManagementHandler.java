package io.pinferry.functions.management;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import io.pinferry.aws.AwsFunction;
import io.pinferry.http.Endpoint;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;

/** Answers the api door: projects, integrations, installations, destinations, keys, operations. */
public final class ManagementHandler implements RequestStreamHandler {
  private final Parts parts;

  private record Parts(AwsFunction function, Endpoint door) {
    Parts(AwsFunction function) {
      this(
          function,
          function.primed(
              function.assembly().managementDoor(), "GET", "/v1/projects/priming/integrations"));
    }
  }

  /** Lambda calls this once; a wrong setting fails here, as an init error. */
  public ManagementHandler() {
    this(System.getenv());
  }

  public ManagementHandler(Map<String, String> environment) {
    this.parts = AwsFunction.build("management", environment, Parts::new);
  }

  @Override
  public void handleRequest(InputStream event, OutputStream answer, Context context)
      throws IOException {
    parts.function().run(context, () -> parts.door().handle(event, answer));
  }
}

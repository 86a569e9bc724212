package io.pinferry.functions.management;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import io.pinferry.http.Endpoint;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;

/** Answers the api door: projects, integrations, installations, destinations, keys, operations. */
public final class ManagementHandler implements RequestStreamHandler {
  private final Endpoint endpoint;

  /** Lambda calls this once; a wrong setting fails here, as an init error. */
  public ManagementHandler() {
    this(System.getenv());
  }

  public ManagementHandler(Map<String, String> environment) {
    this.endpoint = Wiring.endpoint(Settings.of(environment));
  }

  @Override
  public void handleRequest(InputStream event, OutputStream answer, Context context)
      throws IOException {
    endpoint.handle(event, answer);
  }
}

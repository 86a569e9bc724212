package io.pinbridge.functions.write;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import io.pinbridge.http.Endpoint;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;

/** Answers the write door: writes one record or a batch to Pinterest. */
public final class WriteHandler implements RequestStreamHandler {
  private final Endpoint endpoint;

  /** Lambda calls this once; a wrong setting fails here, as an init error. */
  public WriteHandler() {
    this(System.getenv());
  }

  public WriteHandler(Map<String, String> environment) {
    this.endpoint = Wiring.endpoint(Settings.of(environment));
  }

  @Override
  public void handleRequest(InputStream event, OutputStream answer, Context context)
      throws IOException {
    endpoint.handle(event, answer);
  }
}

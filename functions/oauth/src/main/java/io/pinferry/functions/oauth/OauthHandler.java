package io.pinferry.functions.oauth;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import io.pinferry.http.Endpoint;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;

/** Sends customers to Pinterest and takes them back. */
public final class OauthHandler implements RequestStreamHandler {
  private final Endpoint endpoint;

  /** Lambda calls this once; a wrong setting fails here, as an init error. */
  public OauthHandler() {
    this(System.getenv());
  }

  public OauthHandler(Map<String, String> environment) {
    this.endpoint = Wiring.endpoint(Settings.of(environment));
  }

  @Override
  public void handleRequest(InputStream event, OutputStream answer, Context context)
      throws IOException {
    endpoint.handle(event, answer);
  }
}

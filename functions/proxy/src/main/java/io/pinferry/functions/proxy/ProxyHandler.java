package io.pinferry.functions.proxy;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import io.pinferry.aws.AwsFunction;
import io.pinferry.http.Endpoint;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;

/** Passes requests of the proxy door on to Pinterest. */
public final class ProxyHandler implements RequestStreamHandler {
  private final Endpoint door;

  /** Lambda calls this once; a wrong setting fails here, as an init error. */
  public ProxyHandler() {
    this(System.getenv());
  }

  public ProxyHandler(Map<String, String> environment) {
    this.door =
        AwsFunction.build("proxy", environment, function -> function.assembly().proxyDoor());
  }

  @Override
  public void handleRequest(InputStream event, OutputStream answer, Context context)
      throws IOException {
    door.handle(event, answer);
  }
}

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
  private final Parts parts;

  private record Parts(AwsFunction function, Endpoint door) {
    Parts(AwsFunction function) {
      this(function, function.primed(function.assembly().proxyDoor(), "GET", "/priming"));
    }
  }

  /** Lambda calls this once; a wrong setting fails here, as an init error. */
  public ProxyHandler() {
    this(System.getenv());
  }

  public ProxyHandler(Map<String, String> environment) {
    this.parts = AwsFunction.build("proxy", environment, Parts::new);
  }

  @Override
  public void handleRequest(InputStream event, OutputStream answer, Context context)
      throws IOException {
    parts.function().run(context, () -> parts.door().handle(event, answer));
  }
}

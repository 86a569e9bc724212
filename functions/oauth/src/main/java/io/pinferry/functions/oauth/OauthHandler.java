package io.pinferry.functions.oauth;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import io.pinferry.aws.AwsFunction;
import io.pinferry.http.Endpoint;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;

/** Sends customers to Pinterest and takes them back. */
public final class OauthHandler implements RequestStreamHandler {
  private final Parts parts;

  private record Parts(AwsFunction function, Endpoint door) {
    Parts(AwsFunction function) {
      this(function, function.primed(function.assembly().oauthDoor(), "POST", "/v1/oauth-connect"));
    }
  }

  /** Lambda calls this once; a wrong setting fails here, as an init error. */
  public OauthHandler() {
    this(System.getenv());
  }

  public OauthHandler(Map<String, String> environment) {
    this.parts = AwsFunction.build("oauth", environment, Parts::new);
  }

  @Override
  public void handleRequest(InputStream event, OutputStream answer, Context context)
      throws IOException {
    parts.function().run(context, () -> parts.door().handle(event, answer));
  }
}

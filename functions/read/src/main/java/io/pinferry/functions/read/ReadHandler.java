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
  private final Endpoint door;

  /** Lambda calls this once; a wrong setting fails here, as an init error. */
  public ReadHandler() {
    this(System.getenv());
  }

  public ReadHandler(Map<String, String> environment) {
    this.door = AwsFunction.build("read", environment, function -> function.assembly().readDoor());
  }

  @Override
  public void handleRequest(InputStream event, OutputStream answer, Context context)
      throws IOException {
    door.handle(event, answer);
  }
}

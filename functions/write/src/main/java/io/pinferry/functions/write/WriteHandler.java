package io.pinferry.functions.write;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import io.pinferry.http.Endpoint;
import io.pinferry.limit.Budgets;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;

/** Answers the write door: writes one record or a batch to Pinterest. */
public final class WriteHandler implements RequestStreamHandler {
  private final Endpoint endpoint;
  private final Budgets budgets;

  /** Lambda calls this once; a wrong setting fails here, as an init error. */
  public WriteHandler() {
    this(System.getenv());
  }

  public WriteHandler(Map<String, String> environment) {
    var wiring = new Wiring(Settings.of(environment));
    this.endpoint = wiring.endpoint();
    this.budgets = wiring.budgets();
  }

  @Override
  public void handleRequest(InputStream event, OutputStream answer, Context context)
      throws IOException {
    try {
      endpoint.handle(event, answer);
    } finally {
      budgets.giveBack();
    }
  }
}

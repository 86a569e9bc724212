package io.pinbridge.functions.write;

import static io.pinbridge.base.Field.field;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import io.pinbridge.aws.AwsClients;
import io.pinbridge.aws.DynamoDbDirectoryStore;
import io.pinbridge.base.Log;
import io.pinbridge.base.PinbridgeException.NotFound;
import io.pinbridge.base.VirtualThreadTasks;
import io.pinbridge.http.ApiResponse;
import io.pinbridge.http.Door;
import io.pinbridge.http.Endpoint;
import io.pinbridge.http.Guard;
import io.pinbridge.http.Permission;
import io.pinbridge.http.Route;
import io.pinbridge.http.RouteCall;
import io.pinbridge.http.Router;
import io.pinbridge.management.DirectoryApiKeys;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Clock;
import java.util.List;
import java.util.Map;

/**
 * Guards the write door. This version cannot write yet and says so to every request, so that nobody
 * takes silence for a write.
 */
public final class WriteHandler implements RequestStreamHandler {
  private final Endpoint endpoint;

  /** Lambda calls this once; a wrong setting fails here, as an init error. */
  public WriteHandler() {
    this(System.getenv());
  }

  public WriteHandler(Map<String, String> environment) {
    Settings settings = Settings.of(environment);
    Clock clock = Clock.systemUTC();
    var directory =
        new DynamoDbDirectoryStore(
            new AwsClients(settings.environment().variables()).dynamoDb(),
            settings.directoryTable(),
            new VirtualThreadTasks(clock));
    this.endpoint =
        new Endpoint(
            Door.WRITE,
            new Router(
                List.of(
                    Route.post(
                        "/v1/projects/{project}/integrations/{integration}/objects/{object}",
                        Permission.WRITE,
                        WriteHandler::refuse))),
            new Guard(
                new DirectoryApiKeys(directory),
                settings.adminKeySha256(),
                Guard.KNOWN_TTL_MAX,
                clock),
            Log.to(System.out::println, clock).with(field("function", "write")),
            clock);
  }

  @Override
  public void handleRequest(InputStream event, OutputStream answer, Context context)
      throws IOException {
    endpoint.handle(event, answer);
  }

  private static ApiResponse refuse(RouteCall call) {
    throw new NotFound(
        "this version of Pinbridge cannot write "
            + call.variable("object")
            + "; nothing was sent to Pinterest",
        "Call Pinterest through the proxy door until a version that writes is deployed.");
  }
}

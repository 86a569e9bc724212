package io.pinferry.net;

import io.pinferry.base.LocalMode;
import io.pinferry.base.Tasks;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import okhttp3.Call;
import okhttp3.EventListener;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/**
 * Sends requests to addresses that someone else chose, such as webhooks: nothing reaches an address
 * of our own network, whatever a name leads to and however often it changes its mind. What else it
 * promises is what {@link JdkHttpTransport} does.
 */
public final class GuardedHttpTransport implements HttpTransport {
  private final OkHttpClient client;

  GuardedHttpTransport(Predicate<InetAddress> reachable, HostNames hosts) {
    this.client =
        GuardedClient.of(reachable, hosts)
            .newBuilder()
            // The call's own timeout covers everything.
            .readTimeout(0, TimeUnit.MILLISECONDS)
            .writeTimeout(0, TimeUnit.MILLISECONDS)
            .eventListener(new Sending())
            .build();
  }

  /** Calls the public internet only, and in local mode this computer too. */
  public static GuardedHttpTransport of(LocalMode localMode) {
    return new GuardedHttpTransport(GuardedClient.reachable(localMode), HostNames.ofSystem());
  }

  /** Goes with a request and knows how far it came. */
  private static final class Progress {
    private volatile boolean sent;
  }

  private static final class Sending extends EventListener {
    @Override
    public void requestHeadersStart(Call call) {
      Progress progress = call.request().tag(Progress.class);
      if (progress != null) {
        progress.sent = true;
      }
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if a header cannot be sent: a control or non-ASCII character
   *     in its value
   */
  @Override
  public HttpAnswer send(HttpCall call) throws TransportFailure {
    var progress = new Progress();
    Call sending = client.newCall(request(call, progress));
    sending.timeout().timeout(call.timeout().toNanos(), TimeUnit.NANOSECONDS);
    Response response;
    try {
      response = sending.execute();
    } catch (IOException e) {
      throw failure(call, progress.sent, e);
    }
    int bytesMax = Exchanges.rawBytesMax(call);
    byte[] bytes;
    boolean more;
    try (response;
        InputStream body = response.body().byteStream()) {
      bytes = body.readNBytes(bytesMax);
      more = bytes.length == bytesMax && body.read() >= 0;
      if (more) {
        // Else what is left would be read for a moment, to use the connection again.
        sending.cancel();
      }
    } catch (IOException e) {
      throw failure(call, true, e);
    }
    return Exchanges.answerTo(call, response.code(), response.headers().toMultimap(), bytes, more);
  }

  private static Request request(HttpCall call, Progress progress) {
    Request.Builder request =
        new Request.Builder().url(call.uri().toString()).tag(Progress.class, progress);
    // With accept-encoding among them, the client leaves the decoding to us.
    Exchanges.headersOf(call).forEach(request::header);
    byte[] body = call.body();
    boolean bodiless = call.method().equals("GET") || call.method().equals("HEAD");
    request.method(
        call.method(),
        body == null && bodiless
            ? null
            : RequestBody.create(body == null ? new byte[0] : body, null));
    return request.build();
  }

  private static TransportFailure failure(HttpCall call, boolean sent, IOException cause) {
    if (Thread.currentThread().isInterrupted()) {
      throw new Tasks.InterruptedTask(new InterruptedException());
    }
    if (cause instanceof InterruptedIOException && sent) {
      return new TransportFailure(
          call + " was not answered within " + call.timeout().toMillis() + " ms", true, cause);
    }
    String what = sent ? " failed: " : " was not sent, no connection: ";
    return new TransportFailure(call + what + JdkHttpTransport.describe(cause), sent, cause);
  }
}

package io.pinferry.net;

import io.pinferry.base.LocalMode;
import io.pinferry.base.Tasks;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import okhttp3.Call;
import okhttp3.EventListener;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests over HTTP/1.1. Built once and shared by all calls.
 *
 * <p>Asks for gzip and decodes it, unless the call sets {@code accept-encoding} itself (then the
 * answer stays as it came) or asks for a range; a decoded answer has no {@code content-encoding}
 * and {@code content-length}. The bound of an answer holds before and after decoding. A GET or HEAD
 * is sent again only if its kept-alive connection turns out to be dead; other methods never are.
 */
public final class OkHttpTransport implements HttpTransport {
  private static final String RETRY_AFTER = "Retry-After";

  private final OkHttpClient client;

  OkHttpTransport(OutgoingClient.Reach reach, HostNames hosts) {
    this.client =
        OutgoingClient.of(reach, hosts)
            .newBuilder()
            // The call's own timeout covers everything.
            .readTimeout(0, TimeUnit.MILLISECONDS)
            .writeTimeout(0, TimeUnit.MILLISECONDS)
            .eventListener(new Watcher())
            .addNetworkInterceptor(OkHttpTransport::withoutRetryAfter)
            .build();
  }

  /** Calls hosts that the operator configured. */
  public static OkHttpTransport toConfiguredHosts() {
    return new OkHttpTransport(OutgoingClient.Reach.ANYWHERE, HostNames.ofSystem());
  }

  /** Calls hosts that others chose: those of the public internet, in local mode this computer. */
  public static OkHttpTransport toPublicHosts(LocalMode localMode) {
    return new OkHttpTransport(OutgoingClient.Reach.publicOr(localMode), HostNames.ofSystem());
  }

  /** Returns a transport that is built with its first call, for functions that seldom make one. */
  public static HttpTransport whenFirstUsed(Supplier<OkHttpTransport> build) {
    return new HttpTransport() {
      private @Nullable OkHttpTransport built;

      @Override
      public HttpAnswer send(HttpCall call) throws TransportFailure {
        return built().send(call);
      }

      private synchronized OkHttpTransport built() {
        if (built == null) {
          built = build.get();
        }
        return built;
      }
    };
  }

  /** How far one request has come. */
  private static final class Progress {
    private volatile boolean sent;
    private volatile boolean connected;
    private volatile @Nullable String retryAfter;
  }

  private static final class Watcher extends EventListener {
    @Override
    public void connectStart(Call call, InetSocketAddress address, Proxy proxy) {
      of(call).connected = true;
    }

    @Override
    public void requestHeadersStart(Call call) {
      of(call).sent = true;
    }
  }

  private static Progress of(Call call) {
    return Objects.requireNonNull(call.request().tag(Progress.class));
  }

  /** The library repeats any request that is answered 503 with this header and the value 0. */
  private static Response withoutRetryAfter(Interceptor.Chain chain) throws IOException {
    Response response = chain.proceed(chain.request());
    String retryAfter = response.header(RETRY_AFTER);
    if (retryAfter == null) {
      return response;
    }
    of(chain.call()).retryAfter = retryAfter;
    return response.newBuilder().removeHeader(RETRY_AFTER).build();
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
    try {
      return send(call, progress);
    } catch (TransportFailure e) {
      boolean onDeadConnection = progress.sent && !progress.connected && !isTimeout(e);
      if (!onDeadConnection || !isBodiless(call)) {
        throw e;
      }
      client.connectionPool().evictAll();
      return send(call, new Progress());
    }
  }

  private HttpAnswer send(HttpCall call, Progress progress) throws TransportFailure {
    Call sending = client.newCall(request(call, progress));
    sending.timeout().timeout(call.timeout().toNanos(), TimeUnit.NANOSECONDS);
    Response response;
    try {
      response = sending.execute();
    } catch (IOException e) {
      throw failure(call, progress.sent, e);
    }
    // An answer has begun, so its connection was not dead.
    progress.connected = true;
    int bytesMax = Exchanges.rawBytesMax(call);
    byte[] bytes;
    boolean more;
    try (response;
        InputStream body = response.body().byteStream()) {
      bytes = body.readNBytes(bytesMax);
      more = bytes.length == bytesMax && body.read() >= 0;
      if (more) {
        // Otherwise the rest would be read for a moment, to use the connection again.
        sending.cancel();
      }
    } catch (IOException e) {
      throw failure(call, true, e);
    }
    Map<String, List<String>> headers = response.headers().toMultimap();
    if (progress.retryAfter != null) {
      headers.put(RETRY_AFTER, List.of(progress.retryAfter));
    }
    return Exchanges.answerTo(call, response.code(), headers, bytes, more);
  }

  private static boolean isBodiless(HttpCall call) {
    return call.method().equals("GET") || call.method().equals("HEAD");
  }

  private static boolean isTimeout(TransportFailure failure) {
    return failure.getCause() instanceof InterruptedIOException;
  }

  private static Request request(HttpCall call, Progress progress) {
    Request.Builder request =
        new Request.Builder().url(call.uri().toString()).tag(Progress.class, progress);
    // With accept-encoding among them, the client leaves the decoding to us.
    Exchanges.headersOf(call).forEach(request::header);
    byte[] body = call.body();
    request.method(
        call.method(),
        body == null && isBodiless(call)
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
    return new TransportFailure(call + what + OutgoingClient.describe(cause), sent, cause);
  }
}

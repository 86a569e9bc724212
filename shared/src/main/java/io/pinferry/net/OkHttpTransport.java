package io.pinferry.net;

import io.pinferry.base.LocalMode;
import io.pinferry.base.Tasks;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
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
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests over HTTP/1.1. Built once and shared by all calls.
 *
 * <p>It asks for gzip and decodes the answer, with two exceptions. If the call sets {@code
 * accept-encoding}, the answer stays encoded. If the call asks for a range, the answer stays as it
 * is, because a range counts encoded bytes. A decoded answer has no {@code content-encoding} and
 * {@code content-length}. The limit of an answer's length holds before and after decoding. With a
 * limit of 0 the head of the answer is all of it, so nothing that its body does is a failure; an
 * excerpt of the body is read as far as it comes within a second. A GET or HEAD is sent again if
 * its kept-alive connection turns out to be dead. Other methods are never sent again.
 */
public final class OkHttpTransport implements HttpTransport {
  private static final String RETRY_AFTER = "retry-after";

  /** How long the beginning of a body that nobody needs is waited for. */
  private static final Duration EXCERPT_WAIT = Duration.ofSeconds(1);

  private static final String ACCEPT_ENCODING = "accept-encoding";

  private final OkHttpClient client;
  private final InstantSource clock;
  private volatile Instant lastUse = Instant.MAX;

  /** Whether messages name the path. In an address that others chose, it can be a secret. */
  private final boolean namesPath;

  OkHttpTransport(OutgoingClient.Reach reach, HostNames hosts, InstantSource clock) {
    this.clock = clock;
    this.namesPath = reach.equals(OutgoingClient.Reach.ANYWHERE);
    this.client =
        OutgoingClient.of(reach, hosts)
            .newBuilder()
            // The call's own timeout covers everything.
            .readTimeout(0, TimeUnit.MILLISECONDS)
            .writeTimeout(0, TimeUnit.MILLISECONDS)
            .eventListener(new ProgressListener())
            .addNetworkInterceptor(OkHttpTransport::withoutRetryAfter)
            .build();
  }

  /** Calls hosts that the operator configured. */
  public static OkHttpTransport toConfiguredHosts(InstantSource clock) {
    return new OkHttpTransport(OutgoingClient.Reach.ANYWHERE, HostNames.ofSystem(), clock);
  }

  /** Calls hosts that others chose, on the public internet; in local mode this computer, too. */
  public static OkHttpTransport toPublicHosts(LocalMode localMode, InstantSource clock) {
    return new OkHttpTransport(
        OutgoingClient.Reach.publicOr(localMode), HostNames.ofSystem(), clock);
  }

  /** Returns a transport that is built with its first call, for functions that rarely make one. */
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

  /** The progress of one request. */
  private static final class Progress {
    private volatile boolean sent;
    private volatile boolean connected;
    private volatile @Nullable String retryAfter;
    private volatile @Nullable Response head;
  }

  private static final class ProgressListener extends EventListener {
    @Override
    public void connectStart(Call call, InetSocketAddress address, Proxy proxy) {
      of(call).connected = true;
    }

    @Override
    public void requestHeadersStart(Call call) {
      of(call).sent = true;
    }

    @Override
    public void responseHeadersEnd(Call call, Response response) {
      of(call).head = response;
    }
  }

  private static Progress of(Call call) {
    return Objects.requireNonNull(call.request().tag(Progress.class));
  }

  /** Hides the header, because OkHttp repeats any request that got a 503 with a value of 0. */
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
   * @throws IllegalArgumentException if the value of a header has a control or non-ASCII character
   */
  @Override
  public HttpAnswer send(HttpCall call) throws TransportFailure {
    var progress = new Progress();
    dropIdleConnections();
    try {
      return send(call, progress);
    } catch (TransportFailure e) {
      boolean onDeadConnection = progress.sent && !progress.connected && !isTimeout(e);
      if (!onDeadConnection || !isBodiless(call)) {
        throw e;
      }
      client.connectionPool().evictAll();
      return send(call, new Progress());
    } finally {
      lastUse = clock.instant();
    }
  }

  /**
   * Drops the connections that were idle while the process stood still. Lambda freezes a process
   * between invocations: the pool's own clock stands still then, but the server's does not.
   */
  private void dropIdleConnections() {
    Instant now = clock.instant();
    if (now.isAfter(lastUse)
        && Duration.between(lastUse, now).compareTo(OutgoingClient.IDLE_MAX) > 0) {
      client.connectionPool().evictAll();
    }
    lastUse = now;
  }

  private HttpAnswer send(HttpCall call, Progress progress) throws TransportFailure {
    Map<String, String> headers = headers(call);
    boolean decodes = !headers.containsKey(ACCEPT_ENCODING) && !headers.containsKey("range");
    if (decodes) {
      headers.put(ACCEPT_ENCODING, "gzip");
    }
    Call sending = client.newCall(request(call, headers, progress));
    sending.timeout().timeout(call.timeout().toNanos(), TimeUnit.NANOSECONDS);
    Response response;
    try {
      response = sending.execute();
    } catch (IOException e) {
      Response head = progress.head;
      if (head != null && call.answerBytesMax() == 0) {
        // The client refuses some heads, such as a 204 that announces a body.
        return headOnly(head, progress);
      }
      throw failure(call, progress.sent, e);
    }
    if (call.answerBytesMax() == 0) {
      if (call.excerptBytesMax() > 0 && !response.isSuccessful()) {
        return excerpt(response, call.excerptBytesMax(), sending, progress);
      }
      // This waits a moment at most for the rest, to use the connection again.
      response.close();
      return headOnly(response, progress);
    }
    // An answer has begun, so its connection was not dead.
    progress.connected = true;
    // Gzip makes some bodies a little longer. Such a body must not be cut.
    int bytesMax = (int) Math.min(Integer.MAX_VALUE - 8, call.answerBytesMax() * 1.01 + 1024);
    byte[] bytes;
    boolean more;
    try (response;
        InputStream body = response.body().byteStream()) {
      bytes = body.readNBytes(bytesMax);
      more = bytes.length == bytesMax && body.read() >= 0;
      if (more) {
        // Otherwise the client would read on for a moment, to use the connection again.
        sending.cancel();
      }
    } catch (IOException e) {
      throw failure(call, true, e);
    }
    var answer = new HttpAnswer(response.code(), headers(response, progress), bytes, more);
    try {
      return decodes ? answer.decoded(call.answerBytesMax()) : answer.cutTo(call.answerBytesMax());
    } catch (IOException e) {
      throw new TransportFailure(name(call) + " was answered with broken gzip", true, e);
    }
  }

  /**
   * Reads the beginning of a body, as far as it comes within a moment. Nothing here is a failure.
   */
  private static HttpAnswer excerpt(
      Response response, int bytesMax, Call sending, Progress progress) {
    var excerpt = new ByteArrayOutputStream();
    boolean ended = false;
    try (response) {
      BufferedSource body = response.body().source();
      body.timeout().deadline(EXCERPT_WAIT.toMillis(), TimeUnit.MILLISECONDS);
      var buffer = new byte[bytesMax];
      while (!ended && excerpt.size() < bytesMax) {
        int count = body.read(buffer, 0, bytesMax - excerpt.size());
        ended = count < 0;
        excerpt.write(buffer, 0, Math.max(0, count));
      }
      if (!ended) {
        // Otherwise the client would read on for a moment, to use the connection again.
        sending.cancel();
      }
      return new HttpAnswer(
              response.code(), headers(response, progress), excerpt.toByteArray(), !ended)
          .decoded(bytesMax);
    } catch (IOException unreadable) {
      sending.cancel();
      return new HttpAnswer(
          response.code(), headers(response, progress), plain(response, excerpt), true);
    }
  }

  /** Returns what came of a body that did not end; nothing of an encoded one. */
  private static byte[] plain(Response response, ByteArrayOutputStream excerpt) {
    return response.header("content-encoding") == null ? excerpt.toByteArray() : new byte[0];
  }

  private static HttpAnswer headOnly(Response response, Progress progress) {
    return new HttpAnswer(response.code(), headers(response, progress), new byte[0], true);
  }

  private static Map<String, List<String>> headers(Response response, Progress progress) {
    // The names are in lower case.
    Map<String, List<String>> headers = response.headers().toMultimap();
    if (progress.retryAfter != null) {
      headers.put(RETRY_AFTER, List.of(progress.retryAfter));
    }
    return Map.copyOf(headers);
  }

  /** Returns the headers of a call with names in lower case, and a user agent. */
  private static Map<String, String> headers(HttpCall call) {
    var headers = new HashMap<String, String>();
    call.headers()
        .forEach(
            (given, value) -> {
              String name = given.toLowerCase(Locale.ROOT);
              if (!value.chars().allMatch(c -> c == '\t' || (c >= ' ' && c < 0x7f))) {
                // The message does not repeat the value, which may be a token.
                throw new IllegalArgumentException(
                    "the value of header " + name + " holds a control or non-ASCII character");
              }
              headers.put(name, value);
            });
    headers.putIfAbsent("user-agent", OutgoingClient.USER_AGENT);
    return headers;
  }

  private static boolean isBodiless(HttpCall call) {
    return call.method().equals("GET") || call.method().equals("HEAD");
  }

  private static boolean isTimeout(TransportFailure failure) {
    return failure.getCause() instanceof InterruptedIOException;
  }

  private static Request request(HttpCall call, Map<String, String> headers, Progress progress) {
    Request.Builder request =
        new Request.Builder().url(call.uri().toString()).tag(Progress.class, progress);
    // With accept-encoding or range among the headers, the client decodes nothing by itself.
    headers.forEach(request::header);
    byte[] body = call.body();
    request.method(
        call.method(),
        body == null && isBodiless(call)
            ? null
            : RequestBody.create(body == null ? new byte[0] : body, null));
    return request.build();
  }

  private TransportFailure failure(HttpCall call, boolean sent, IOException cause) {
    if (Thread.currentThread().isInterrupted()) {
      throw new Tasks.InterruptedTask(new InterruptedException());
    }
    if (cause instanceof InterruptedIOException && sent) {
      return new TransportFailure(
          name(call) + " was not answered within " + call.timeout().toMillis() + " ms",
          true,
          cause);
    }
    String what = sent ? " failed: " : " was not sent, no connection: ";
    return new TransportFailure(name(call) + what + OutgoingClient.describe(cause), sent, cause);
  }

  private String name(HttpCall call) {
    return namesPath ? call.toString() : call.method() + " " + UriText.origin(call.uri());
  }
}

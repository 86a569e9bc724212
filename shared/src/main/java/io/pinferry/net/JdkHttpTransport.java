package io.pinferry.net;

import io.pinferry.base.Tasks;
import java.io.ByteArrayOutputStream;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests with the JDK's client over HTTP/1.1. Built once and shared by all calls; a waiting
 * virtual thread is parked, not pinned.
 *
 * <p>Asks for gzip and decodes it, unless the call sets {@code accept-encoding} itself (then the
 * answer stays as it came) or asks for a range; what a decoded answer no longer is ({@code
 * content-encoding}, {@code content-length}) is left out of its headers. The bound of an answer
 * holds before and after decoding. A GET or HEAD whose kept-alive connection turns out dead is sent
 * again by the JDK over a new one; other methods never are.
 */
public final class JdkHttpTransport implements HttpTransport {
  /** How long one attempt to connect may take, within the call's own timeout. */
  public static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  private final HttpClient client;

  public JdkHttpTransport() {
    client = client();
  }

  /** Returns a transport that is built with its first call, for who seldom makes one. */
  public static HttpTransport whenFirstUsed() {
    return new HttpTransport() {
      private @Nullable JdkHttpTransport built;

      @Override
      public HttpAnswer send(HttpCall call) throws TransportFailure {
        return built().send(call);
      }

      private synchronized JdkHttpTransport built() {
        if (built == null) {
          built = new JdkHttpTransport();
        }
        return built;
      }
    };
  }

  /** Makes a client as all calls that leave us are to be sent with. */
  static HttpClient client() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .followRedirects(HttpClient.Redirect.NEVER)
        .connectTimeout(CONNECT_TIMEOUT)
        .build();
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if a header cannot be sent: a control or non-ASCII character
   *     in its value, or a header that belongs to the connection (Host, Content-Length, ...)
   */
  @Override
  public HttpAnswer send(HttpCall call) throws TransportFailure {
    CompletableFuture<HttpResponse<Received>> answer =
        client.sendAsync(request(call), head -> new BoundedBody(Exchanges.rawBytesMax(call)));
    try {
      // The JDK's own request timeout ends with the headers; this one also covers the body.
      HttpResponse<Received> response = answer.get(call.timeout().toNanos(), TimeUnit.NANOSECONDS);
      Received received = response.body();
      return Exchanges.answerTo(
          call,
          response.statusCode(),
          response.headers().map(),
          received.bytes(),
          received.truncated());
    } catch (TimeoutException e) {
      throw new TransportFailure(
          call + " was not answered within " + call.timeout().toMillis() + " ms", true, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Tasks.InterruptedTask(e);
    } catch (ExecutionException e) {
      throw failure(call, e.getCause() == null ? e : e.getCause());
    } finally {
      // Closes the connection of a call that was given up; has no effect on one that ended.
      answer.cancel(true);
    }
  }

  private static HttpRequest request(HttpCall call) {
    HttpRequest.Builder request = HttpRequest.newBuilder(call.uri());
    byte[] body = call.body();
    request.method(
        call.method(), body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
    Exchanges.headersOf(call).forEach(request::setHeader);
    return request.build();
  }

  private static TransportFailure failure(HttpCall call, Throwable cause) {
    boolean sent =
        !(cause instanceof ConnectException
            || cause instanceof UnresolvedAddressException
            || cause instanceof HttpConnectTimeoutException);
    String what = sent ? " failed: " : " was not sent, no connection: ";
    return new TransportFailure(call + what + describe(cause), sent, cause);
  }

  static String describe(Throwable cause) {
    String name = cause.getClass().getSimpleName();
    return cause.getMessage() == null ? name : name + ": " + cause.getMessage();
  }

  /** What came of a body. */
  record Received(byte[] bytes, boolean truncated) {}

  /** Keeps the first bytes of a body and hangs up on the rest. */
  static final class BoundedBody implements BodySubscriber<Received> {
    private final int bytesMax;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final CompletableFuture<Received> whole = new CompletableFuture<>();
    private Flow.@Nullable Subscription subscription;

    BoundedBody(int bytesMax) {
      this.bytesMax = bytesMax;
    }

    @Override
    public CompletionStage<Received> getBody() {
      return whole;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscription = given;
      given.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
      for (ByteBuffer buffer : buffers) {
        int room = bytesMax - kept.size();
        if (buffer.remaining() > room) {
          keep(buffer, room);
          whole.complete(new Received(kept.toByteArray(), true));
          if (subscription != null) {
            subscription.cancel();
          }
          return;
        }
        keep(buffer, buffer.remaining());
      }
    }

    private void keep(ByteBuffer buffer, int count) {
      var bytes = new byte[count];
      buffer.get(bytes);
      kept.write(bytes, 0, count);
    }

    @Override
    public void onError(Throwable failure) {
      whole.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
      whole.complete(new Received(kept.toByteArray(), false));
    }
  }
}

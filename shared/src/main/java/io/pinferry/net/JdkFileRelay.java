package io.pinferry.net;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pinferry.base.LocalMode;
import io.pinferry.base.Tasks;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import okhttp3.Call;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Relays files over HTTP/1.1: posts them with the JDK's client, and fetches them with one that
 * calls no address of our own network. Built once and shared by all calls.
 */
public final class JdkFileRelay implements FileRelay {
  /** A source that does not say how long it is must fit into memory. */
  private static final int UNSAID_BYTES_MAX = 64 << 20;

  private static final int REASON_BYTES_MAX = 500;
  private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(10);
  private static final Duration TIMEOUT_MIN = Duration.ofMillis(1);

  private final HttpClient client = JdkHttpTransport.client();
  private final Predicate<InetAddress> reachable;
  private final HostNames hosts;
  private final InstantSource clock;
  private @Nullable Sources sources;

  /**
   * @param reachable which addresses a file may be fetched from
   * @param hosts where names lead
   */
  JdkFileRelay(Predicate<InetAddress> reachable, HostNames hosts, InstantSource clock) {
    this.reachable = reachable;
    this.hosts = hosts;
    this.clock = clock;
  }

  /** Fetches from the public internet only, and in local mode from this computer too. */
  public static JdkFileRelay of(LocalMode localMode, InstantSource clock) {
    return new JdkFileRelay(GuardedClient.reachable(localMode), HostNames.ofSystem(), clock);
  }

  @Override
  public Relayed relay(Source source, URI to, List<FormField> fields, Duration timeout) {
    Instant end = clock.instant().plus(timeout);
    try {
      return switch (source) {
        case Source.Inline(byte[] bytes) ->
            post(BodyPublishers.ofByteArray(bytes), to, fields, end);
        case Source.Web web -> sources().fetchAndPost(web, to, fields, end);
      };
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Tasks.InterruptedTask(e);
    }
  }

  private synchronized Sources sources() {
    if (sources == null) {
      sources = new Sources();
    }
    return sources;
  }

  /** Fetches. Apart, so that nothing of its client is loaded where no file is ever fetched. */
  private final class Sources {
    private final OkHttpClient client =
        GuardedClient.of(reachable, hosts).newBuilder().readTimeout(ANSWERED_WITHIN).build();

    Relayed fetchAndPost(Source.Web web, URI to, List<FormField> fields, Instant end)
        throws InterruptedException {
      Call call =
          client.newCall(
              new Request.Builder()
                  .url(web.url().toString())
                  .header("user-agent", Exchanges.USER_AGENT)
                  // As it lies there: what is decoded has another length.
                  .header("accept-encoding", "identity")
                  .build());
      // From the look-up of the name to the last byte, however slowly these come.
      call.timeout().timeout(left(end).toNanos(), TimeUnit.NANOSECONDS);
      try (Response answer = call.execute();
          InputStream body = new OneAtATime(answer.body().byteStream())) {
        try {
          return posted(web, answer, body, to, fields, end);
        } finally {
          // Whoever still reads it stops here; nobody else would end that.
          call.cancel();
        }
      } catch (GuardedClient.RefusedAddress e) {
        return new Relayed.NotFetched(web + " " + PublicAddress.REFUSAL, false);
      } catch (UnknownHostException e) {
        return new Relayed.NotFetched(web + ": its host is not known", true);
      } catch (IOException e) {
        return new Relayed.NotFetched(web + " cannot be fetched: " + e.getMessage(), true);
      }
    }

    private Relayed posted(
        Source.Web web,
        Response answer,
        InputStream body,
        URI to,
        List<FormField> fields,
        Instant end)
        throws IOException, InterruptedException {
      if (answer.code() != 200) {
        boolean again = answer.code() >= 500 || answer.code() == 429;
        return new Relayed.NotFetched(web + " was answered " + answer.code(), again);
      }
      long length = answer.body().contentLength();
      if (length > FILE_BYTES_MAX) {
        return new Relayed.NotFetched(web + " is longer than 5 GiB", false);
      }
      if (length >= 0) {
        BodyPublisher stream = BodyPublishers.ofInputStream(() -> body);
        return length == 0
            ? new Relayed.NotFetched(web + " is empty", false)
            : post(BodyPublishers.fromPublisher(stream, length), to, fields, end);
      }
      byte[] whole = body.readNBytes(UNSAID_BYTES_MAX + 1);
      return whole.length > UNSAID_BYTES_MAX
          ? new Relayed.NotFetched(web + " is long and does not say how long", false)
          : post(BodyPublishers.ofByteArray(whole), to, fields, end);
    }
  }

  /** The posting client reads it, we close it: not at once, which its library does not bear. */
  private static final class OneAtATime extends FilterInputStream {
    OneAtATime(InputStream body) {
      super(body);
    }

    @Override
    public synchronized int read() throws IOException {
      return super.read();
    }

    @Override
    public synchronized int read(byte[] bytes, int offset, int length) throws IOException {
      return super.read(bytes, offset, length);
    }

    @Override
    public synchronized void close() throws IOException {
      super.close();
    }
  }

  /** At least a moment, since nothing means for ever to a client. */
  private Duration left(Instant end) {
    Duration left = Duration.between(clock.instant(), end);
    return left.compareTo(TIMEOUT_MIN) > 0 ? left : TIMEOUT_MIN;
  }

  private Relayed post(BodyPublisher file, URI to, List<FormField> fields, Instant end)
      throws InterruptedException {
    String boundary = boundary(fields);
    var head = new StringBuilder();
    for (FormField field : fields) {
      head.append("--").append(boundary).append("\r\n");
      head.append("Content-Disposition: form-data; name=\"").append(field.name());
      head.append("\"\r\n\r\n").append(field.value()).append("\r\n");
    }
    head.append("--").append(boundary).append("\r\n");
    head.append("Content-Disposition: form-data; name=\"file\"; filename=\"file\"\r\n");
    head.append("Content-Type: application/octet-stream\r\n\r\n");
    BodyPublisher form =
        BodyPublishers.concat(
            BodyPublishers.ofString(head.toString()),
            file,
            BodyPublishers.ofString("\r\n--" + boundary + "--\r\n"));
    CompletableFuture<HttpResponse<JdkHttpTransport.Received>> answer =
        client.sendAsync(
            HttpRequest.newBuilder(to)
                .header("User-Agent", Exchanges.USER_AGENT)
                .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                .POST(form)
                .build(),
            answered -> new JdkHttpTransport.BoundedBody(REASON_BYTES_MAX));
    try {
      // The request's own timeout would end with the headers of the answer.
      HttpResponse<JdkHttpTransport.Received> response =
          answer.get(left(end).toNanos(), TimeUnit.NANOSECONDS);
      return response.statusCode() / 100 == 2
          ? new Relayed.Stored()
          : new Relayed.Refused(response.statusCode(), new String(response.body().bytes(), UTF_8));
    } catch (TimeoutException e) {
      return new Relayed.Interrupted("the upload was not done in time");
    } catch (ExecutionException e) {
      return new Relayed.Interrupted(
          "the upload broke off: "
              + JdkHttpTransport.describe(e.getCause() == null ? e : e.getCause()));
    } finally {
      // Closes the connection of an upload that was given up; has no effect on one that ended.
      answer.cancel(true);
    }
  }

  /** Not in any field; that a file holds this text after a line end is as good as impossible. */
  private static String boundary(List<FormField> fields) {
    return "pinferry-" + Integer.toHexString(fields.hashCode()) + "-6f1d0c2b9a7e4835";
  }
}

package io.pinferry.net;

import static io.pinferry.net.VideoCheck.HEAD_BYTES;

import io.pinferry.base.LocalMode;
import io.pinferry.base.Tasks;
import io.pinferry.net.OutgoingClient.Reach;
import io.pinferry.net.OutgoingClient.RefusedAddress;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.MultipartBody;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSink;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/**
 * Relays files over HTTP/1.1, byte for byte. Fetches call no address of our own network; uploads go
 * to the address that Pinterest gives. Built once and shared by all calls.
 */
public final class OkHttpFileRelay implements FileRelay {
  /** A file of unknown length must fit into memory. */
  private static final int UNKNOWN_LENGTH_MAX = 64 << 20;

  private static final int REASON_BYTES_MAX = 500;
  private static final int REDIRECTS_MAX = 5;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration TIMEOUT_MIN = Duration.ofMillis(1);
  private static final MediaType FILE = MediaType.get("application/octet-stream");

  private final Reach sources;
  private final HostNames hosts;
  private final InstantSource clock;
  private @Nullable Clients clients;

  /**
   * @param sources tells the addresses that a file may be fetched from
   */
  OkHttpFileRelay(Reach sources, HostNames hosts, InstantSource clock) {
    this.sources = sources;
    this.hosts = hosts;
    this.clock = clock;
  }

  /** Fetches from the public internet only, and in local mode from this computer too. */
  public static OkHttpFileRelay of(LocalMode localMode, InstantSource clock) {
    return new OkHttpFileRelay(Reach.publicOr(localMode), HostNames.ofSystem(), clock);
  }

  /** The clients are built with the first file, since most invocations relay none. */
  private record Clients(OkHttpClient fetch, OkHttpClient post) {}

  private synchronized Clients clients() {
    if (clients == null) {
      clients =
          new Clients(
              OutgoingClient.of(sources, hosts).newBuilder().readTimeout(READ_TIMEOUT).build(),
              OutgoingClient.of(Reach.ANYWHERE, hosts)
                  .newBuilder()
                  .readTimeout(Duration.ZERO)
                  .writeTimeout(Duration.ZERO)
                  .build());
    }
    return clients;
  }

  @Override
  public RelayResult relay(Source source, URI to, List<FormField> fields, Duration timeout) {
    Instant end = clock.instant().plus(timeout);
    return switch (source) {
      case Source.Inline(byte[] bytes) -> post(RequestBody.create(bytes, FILE), to, fields, end);
      case Source.Web web -> fetch(web, end, answer -> post(web, answer, to, fields, end));
    };
  }

  @Override
  public Optional<RelayResult.FetchFailure> check(Source source, Duration timeout) {
    return switch (source) {
      case Source.Inline(byte[] bytes) ->
          VideoCheck.problem(null, Arrays.copyOf(bytes, Math.min(bytes.length, HEAD_BYTES)))
              .map(problem -> new RelayResult.FetchFailure(problem, false));
      case Source.Web web ->
          fetch(web, clock.instant().plus(timeout), answer -> whole(web, answer))
                  instanceof RelayResult.FetchFailure failure
              ? Optional.of(failure)
              : Optional.empty();
    };
  }

  /** Reads a file of unknown length, since only then it is known whether it fits into memory. */
  private static RelayResult whole(Source.Web web, Response answer) throws IOException {
    return answer.body().contentLength() < 0
            && answer.body().source().request(UNKNOWN_LENGTH_MAX + 1L)
        ? tooLong(web)
        : new RelayResult.Success();
  }

  private static RelayResult tooLong(Source.Web web) {
    return new RelayResult.FetchFailure(web + " is long and has no content-length", false);
  }

  /** The use of an answer that may be a video. */
  private interface Use {
    RelayResult of(Response answer) throws IOException;
  }

  private RelayResult fetch(Source.Web web, Instant end, Use use) {
    HttpUrl url = HttpUrl.get(web.url().toString());
    for (int redirects = 0; redirects <= REDIRECTS_MAX; redirects++) {
      Call call =
          clients()
              .fetch()
              .newCall(
                  new Request.Builder()
                      .url(url)
                      .header("user-agent", OutgoingClient.USER_AGENT)
                      // A decoded file would have another length.
                      .header("accept-encoding", "identity")
                      .build());
      // This covers all from the look-up of the name to the last byte.
      call.timeout().timeout(left(end).toNanos(), TimeUnit.NANOSECONDS);
      try (Response answer = call.execute()) {
        if (!REDIRECTS.contains(answer.code())) {
          String problem = problem(answer);
          return problem == null
              ? use.of(answer)
              : new RelayResult.FetchFailure(web + " " + problem, isRetryable(answer));
        }
        HttpUrl next = next(url, answer.header("location"));
        if (next == null) {
          return new RelayResult.FetchFailure(
              web + " was answered " + answer.code() + ", and leads to no address that is allowed",
              false);
        }
        url = next;
      } catch (RefusedAddress e) {
        return new RelayResult.FetchFailure(web + " " + PublicAddress.REFUSAL, false);
      } catch (UnknownHostException e) {
        return new RelayResult.FetchFailure(web + ": its host is unknown", true);
      } catch (IOException e) {
        checkNotInterrupted();
        return new RelayResult.FetchFailure(web + " cannot be fetched: " + e.getMessage(), true);
      } finally {
        // Otherwise the rest of a long file would be read, to use the connection again.
        call.cancel();
      }
    }
    return new RelayResult.FetchFailure(
        web + " leads from one address to the next, more than " + REDIRECTS_MAX + " times", false);
  }

  /**
   * Returns the address that a redirect leads to. It must be as safe as the one before: https stays
   * https, and no credentials are sent.
   *
   * @return null if it is not allowed; the client checks the address of its host
   */
  static @Nullable HttpUrl next(HttpUrl from, @Nullable String location) {
    HttpUrl next = location == null ? null : from.resolve(location);
    boolean allowed =
        next != null
            && (next.isHttps() || !from.isHttps())
            && next.username().isEmpty()
            && next.password().isEmpty();
    return allowed ? next : null;
  }

  private static boolean isRetryable(Response answer) {
    return answer.code() >= 500 || answer.code() == 429;
  }

  private static @Nullable String problem(Response answer) throws IOException {
    if (answer.code() != 200) {
      return "was answered " + answer.code();
    }
    long length = answer.body().contentLength();
    if (length > FILE_BYTES_MAX) {
      return "is longer than 5 GiB";
    }
    BufferedSource head = answer.body().source().peek();
    head.request(HEAD_BYTES);
    byte[] bytes = head.readByteArray(Math.min(HEAD_BYTES, head.getBuffer().size()));
    return bytes.length == 0
        ? "is empty"
        : VideoCheck.problem(answer.header("content-type"), bytes).orElse(null);
  }

  private RelayResult post(
      Source.Web web, Response answer, URI to, List<FormField> fields, Instant end)
      throws IOException {
    long length = answer.body().contentLength();
    BufferedSource body = answer.body().source();
    if (length < 0) {
      if (body.request(UNKNOWN_LENGTH_MAX + 1L)) {
        return tooLong(web);
      }
      return post(RequestBody.create(body.readByteArray(), FILE), to, fields, end);
    }
    return post(new FileStream(body, length), to, fields, end);
  }

  /** A file that is read while it is posted. */
  private static final class FileStream extends RequestBody {
    private final BufferedSource source;
    private final long length;

    FileStream(BufferedSource source, long length) {
      this.source = source;
      this.length = length;
    }

    @Override
    public MediaType contentType() {
      return FILE;
    }

    @Override
    public long contentLength() {
      return length;
    }

    @Override
    public boolean isOneShot() {
      return true;
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
      sink.writeAll(source);
    }
  }

  private RelayResult post(RequestBody file, URI to, List<FormField> fields, Instant end) {
    var form = new MultipartBody.Builder().setType(MultipartBody.FORM);
    fields.forEach(field -> form.addFormDataPart(field.name(), field.value()));
    form.addFormDataPart("file", "file", file);
    Call call =
        clients()
            .post()
            .newCall(
                new Request.Builder()
                    .url(to.toString())
                    .header("user-agent", OutgoingClient.USER_AGENT)
                    .post(form.build())
                    .build());
    call.timeout().timeout(left(end).toNanos(), TimeUnit.NANOSECONDS);
    try (Response response = call.execute()) {
      if (response.isSuccessful()) {
        return new RelayResult.Success();
      }
      String reason = response.peekBody(REASON_BYTES_MAX).string();
      return new RelayResult.Refusal(response.code(), reason);
    } catch (InterruptedIOException e) {
      checkNotInterrupted();
      return new RelayResult.Interruption("the upload did not end in time");
    } catch (IOException e) {
      checkNotInterrupted();
      return new RelayResult.Interruption("the upload broke off: " + OutgoingClient.describe(e));
    } finally {
      call.cancel();
    }
  }

  private static void checkNotInterrupted() {
    if (Thread.currentThread().isInterrupted()) {
      throw new Tasks.InterruptedTask(new InterruptedException());
    }
  }

  /** Returns the time left, but at least a moment, since zero means no limit to the client. */
  private Duration left(Instant end) {
    Duration left = Duration.between(clock.instant(), end);
    return left.compareTo(TIMEOUT_MIN) > 0 ? left : TIMEOUT_MIN;
  }
}

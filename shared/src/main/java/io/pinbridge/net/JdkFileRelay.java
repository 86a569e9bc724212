package io.pinbridge.net;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pinbridge.base.LocalMode;
import io.pinbridge.base.Tasks;
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
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
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

  private final HttpClient client = JdkHttpTransport.client();
  private final Predicate<InetAddress> reachable;
  private final HostNames hosts;
  private @Nullable Sources sources;

  /**
   * @param reachable which addresses a file may be fetched from
   * @param hosts where names lead
   */
  JdkFileRelay(Predicate<InetAddress> reachable, HostNames hosts) {
    this.reachable = reachable;
    this.hosts = hosts;
  }

  /** Fetches from the public internet only, and in local mode from this computer too. */
  public static JdkFileRelay of(LocalMode localMode) {
    return new JdkFileRelay(GuardedClient.reachable(localMode), HostNames.ofSystem());
  }

  @Override
  public Relayed relay(Source source, URI to, List<FormField> fields, Duration timeout) {
    try {
      return switch (source) {
        case Source.Inline(byte[] bytes) ->
            post(BodyPublishers.ofByteArray(bytes), to, fields, timeout);
        case Source.Web web -> sources().fetchAndPost(web, to, fields, timeout);
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

    Relayed fetchAndPost(Source.Web web, URI to, List<FormField> fields, Duration timeout)
        throws InterruptedException {
      try (Response answer =
              client
                  .newCall(
                      new Request.Builder()
                          .url(web.url().toString())
                          .header("user-agent", Exchanges.USER_AGENT)
                          // As it lies there: what is decoded has another length.
                          .header("accept-encoding", "identity")
                          .build())
                  .execute();
          InputStream body = answer.body().byteStream()) {
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
              : post(BodyPublishers.fromPublisher(stream, length), to, fields, timeout);
        }
        byte[] whole = body.readNBytes(UNSAID_BYTES_MAX + 1);
        return whole.length > UNSAID_BYTES_MAX
            ? new Relayed.NotFetched(web + " is long and does not say how long", false)
            : post(BodyPublishers.ofByteArray(whole), to, fields, timeout);
      } catch (GuardedClient.RefusedAddress e) {
        return new Relayed.NotFetched(
            web + " leads to a private, loopback, link-local or reserved address", false);
      } catch (UnknownHostException e) {
        return new Relayed.NotFetched(web + ": its host is not known", true);
      } catch (IOException e) {
        return new Relayed.NotFetched(web + " cannot be fetched: " + e.getMessage(), true);
      }
    }
  }

  private Relayed post(BodyPublisher file, URI to, List<FormField> fields, Duration timeout)
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
    try {
      HttpResponse<InputStream> answer =
          client.send(
              HttpRequest.newBuilder(to)
                  .timeout(timeout)
                  .header("User-Agent", Exchanges.USER_AGENT)
                  .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                  .POST(form)
                  .build(),
              BodyHandlers.ofInputStream());
      try (InputStream body = answer.body()) {
        return answer.statusCode() / 100 == 2
            ? new Relayed.Stored()
            : new Relayed.Refused(
                answer.statusCode(), new String(body.readNBytes(REASON_BYTES_MAX), UTF_8));
      }
    } catch (IOException e) {
      return new Relayed.Interrupted("the upload broke off: " + e.getMessage());
    }
  }

  /** Not in any field; that a file holds this text after a line end is as good as impossible. */
  private static String boundary(List<FormField> fields) {
    return "pinbridge-" + Integer.toHexString(fields.hashCode()) + "-6f1d0c2b9a7e4835";
  }
}

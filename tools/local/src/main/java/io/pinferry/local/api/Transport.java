package io.pinferry.local.api;

import io.pinferry.base.Secret;
import java.io.IOException;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Sends requests to doors. Never follows a redirect: it would carry the key to another host. */
public interface Transport {
  /**
   * A request.
   *
   * @param key the API key; null to send none
   * @param body JSON; null for none
   * @param idempotencyKey names the request, so that a repeat has no further effect; null for none
   */
  record Call(
      String method,
      URI address,
      @Nullable Secret key,
      @Nullable String body,
      @Nullable String idempotencyKey) {
    public Call(String method, URI address, @Nullable Secret key, @Nullable String body) {
      this(method, address, key, body, null);
    }
  }

  /**
   * An answer, whatever its status.
   *
   * @param headers by their names in lower case
   */
  record Answer(int status, Map<String, String> headers, String body) {
    public Answer {
      headers = Map.copyOf(headers);
    }

    public Optional<String> header(String name) {
      return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
    }
  }

  /**
   * Returns the answer.
   *
   * @throws IOException if no answer came
   */
  Answer send(Call call) throws IOException, InterruptedException;
}

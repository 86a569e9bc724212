package io.pinferry.local.listen;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Json;
import io.pinferry.base.Secret;
import io.pinferry.base.Tasks;
import io.pinferry.delivery.WebhookSignature;
import java.io.IOException;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes messages: verifies each one, and passes it on once. Safe for many threads.
 *
 * <p>A message is passed on before it is noted, and noted before it is accepted. So a kill in
 * between repeats a message, and never loses one.
 */
public final class Receiver {
  /** A message that is older, or from the future, is refused: it may be a repeat by a stranger. */
  static final Duration AGE_MAX = Duration.ofMinutes(5);

  /** Strangers could otherwise cause a request for each of theirs. */
  static final Duration KEY_PAUSE = Duration.ofSeconds(10);

  private final ListenState state;
  private final Supplier<Secret> keys;
  private final Tasks tasks;
  private final Sink sink;
  private final Consumer<String> warnings;
  private @Nullable Secret key;
  private @Nullable Instant keyAt;

  /** Gets each message once. */
  public interface Sink {
    void take(String messageId, JsonNode message);
  }

  /**
   * @param keys asks for the present signing key
   * @param warnings gets reasons of refusals, in words for a person
   */
  public Receiver(
      ListenState state, Supplier<Secret> keys, Tasks tasks, Sink sink, Consumer<String> warnings) {
    this.state = state;
    this.keys = keys;
    this.tasks = tasks;
    this.sink = sink;
    this.warnings = warnings;
  }

  /**
   * Takes a request.
   *
   * @param header finds a header by its name in lower case
   * @return the status to answer
   */
  public synchronized int take(Function<String, @Nullable String> header, byte[] body) {
    String id = header.apply("webhook-id");
    String signatures = header.apply("webhook-signature");
    Optional<Instant> at = time(header.apply("webhook-timestamp"));
    if (id == null || signatures == null || at.isEmpty()) {
      warnings.accept("refused a request without the headers of a webhook");
      return 400;
    }
    Duration age = Duration.between(at.get(), tasks.now()).abs();
    if (age.compareTo(AGE_MAX) > 0) {
      warnings.accept(
          "refused a message that is %s minutes off: is the clock of this computer right?"
              .formatted(age.toMinutes()));
      return 401;
    }
    if (!isSigned(id, at.get(), body, signatures)) {
      warnings.accept("refused a message with a wrong signature");
      return 401;
    }
    if (state.has(id)) {
      return 204;
    }
    JsonNode message;
    try {
      message = Json.parse(body);
    } catch (IOException e) {
      warnings.accept("refused a message that is not JSON");
      return 422;
    }
    sink.take(id, message);
    state.add(id);
    return 204;
  }

  private static Optional<Instant> time(@Nullable String seconds) {
    try {
      return seconds == null
          ? Optional.empty()
          : Optional.of(Instant.ofEpochSecond(Long.parseLong(seconds)));
    } catch (NumberFormatException | DateTimeException e) {
      return Optional.empty();
    }
  }

  private boolean isSigned(String id, Instant at, byte[] body, String signatures) {
    Secret known = key;
    if (known != null && matches(known, id, at, body, signatures)) {
      return true;
    }
    // The key may have been rotated. Its successor signs alone after a day.
    if (keyAt != null && tasks.now().isBefore(keyAt.plus(KEY_PAUSE))) {
      return false;
    }
    keyAt = tasks.now();
    Secret present = keys.get();
    key = present;
    return matches(present, id, at, body, signatures);
  }

  private static boolean matches(
      Secret key, String id, Instant at, byte[] body, String signatures) {
    byte[] expected =
        WebhookSignature.headers(id, at, body, List.of(key))
            .getOrDefault("webhook-signature", "")
            .getBytes(UTF_8);
    boolean found = false;
    for (String signature : List.of(signatures.split(" ", -1))) {
      found |= MessageDigest.isEqual(expected, signature.getBytes(UTF_8));
    }
    return found;
  }
}

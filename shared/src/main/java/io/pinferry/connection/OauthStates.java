package io.pinferry.connection;

import io.pinferry.base.Codec;
import io.pinferry.base.Digest;
import io.pinferry.connection.ConnectionKeeper.Party;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.DirectoryWrite;
import io.pinferry.directory.Document;
import io.pinferry.directory.DocumentKey;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Stores the journeys of customers to Pinterest by their OAuth state. A state is good for one
 * return. Only its hash is stored, so that a reader of the table cannot return in place of a
 * customer.
 */
final class OauthStates {
  private static final String SORT = "OAUTH-STATE";
  private static final Duration ARRIVAL_KEPT = Duration.ofMinutes(10);

  private final DirectoryStore store;

  OauthStates(DirectoryStore store) {
    this.store = store;
  }

  /**
   * The journey of a customer to Pinterest and back.
   *
   * @param redirectUri the address of the return; the code is only valid with it
   * @param startedAt null for a journey of an earlier version
   */
  record Journey(Party party, URI redirectUri, @Nullable Instant startedAt) {
    Instant begunAt() {
      return startedAt == null ? Instant.EPOCH : startedAt;
    }
  }

  void create(String state, Journey journey, Instant expiresAt) {
    var create = new DirectoryWrite.Create(key(state), Codec.text(journey), expiresAt);
    if (!store.write(List.of(create)).isEmpty()) {
      throw new IllegalStateException("a state of 256 random bits exists already");
    }
  }

  /**
   * The outcome of a consumed state, kept for a while. A page that is loaded again shows the same.
   *
   * @param startedAt when the state was consumed
   * @param connection the id of the new connection; null if there is none, or none yet
   * @param status the status of a failure; null if there was none, or none yet
   * @param text what the page says; null as long as the exchange lasts
   */
  record Arrival(
      Instant startedAt,
      @Nullable String connection,
      @Nullable Integer status,
      @Nullable String text) {}

  /** Finds the journey of a state that is neither expired nor consumed. */
  Optional<Journey> find(String state) {
    return store.find(key(state)).map(found -> Codec.stored(Journey.class, found.json()));
  }

  /**
   * Consumes a state. Returns empty if it is unknown, expired or consumed. Only one caller gets the
   * journey.
   */
  Optional<Journey> consume(String state, Instant now) {
    Optional<Document> found = store.find(key(state));
    if (found.isEmpty()) {
      return Optional.empty();
    }
    var remove = new DirectoryWrite.Remove(key(state), found.get().version());
    var started =
        new DirectoryWrite.Create(
            arrivalKey(state),
            Codec.text(new Arrival(now, null, null, null)),
            now.plus(ARRIVAL_KEPT));
    return store.write(List.of(remove, started)).isEmpty()
        ? Optional.of(Codec.stored(Journey.class, found.get().json()))
        : Optional.empty();
  }

  /** Stores the outcome of a consumed state, for a page that is loaded again. */
  void arrived(String state, Arrival arrival) {
    store
        .find(arrivalKey(state))
        .ifPresent(
            started ->
                store.write(
                    List.of(
                        new DirectoryWrite.Replace(
                            arrivalKey(state), Codec.text(arrival), started.version()))));
  }

  /** Finds the outcome of a state that was consumed before. */
  Optional<Arrival> findArrival(String state) {
    return store.find(arrivalKey(state)).map(found -> Codec.stored(Arrival.class, found.json()));
  }

  private static DocumentKey arrivalKey(String state) {
    return new DocumentKey("OAUTH-STATE#" + Digest.sha256Hex(state), "OAUTH-ARRIVAL");
  }

  private static DocumentKey key(String state) {
    return new DocumentKey("OAUTH-STATE#" + Digest.sha256Hex(state), SORT);
  }
}

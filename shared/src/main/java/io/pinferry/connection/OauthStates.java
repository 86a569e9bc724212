package io.pinferry.connection;

import io.pinferry.base.Codec;
import io.pinferry.base.Digest;
import io.pinferry.connection.ConnectionKeeper.Party;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.DirectoryWrite;
import io.pinferry.directory.Document;
import io.pinferry.directory.DocumentKey;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Stores the journeys of customers to Pinterest by their OAuth state. A state is good for one
 * return. Only its hash is stored, so that a reader of the table cannot return in place of a
 * customer.
 */
final class OauthStates {
  private static final String SORT = "OAUTH-STATE";

  private final DirectoryStore store;

  OauthStates(DirectoryStore store) {
    this.store = store;
  }

  /**
   * The journey of a customer to Pinterest and back.
   *
   * @param redirectUri the address of the return; the code is only valid with it
   */
  record Journey(Party party, URI redirectUri) {}

  void create(String state, Journey journey, Instant expiresAt) {
    var create = new DirectoryWrite.Create(key(state), Codec.text(journey), expiresAt);
    if (!store.write(List.of(create)).isEmpty()) {
      throw new IllegalStateException("a state of 256 random bits exists already");
    }
  }

  /**
   * Consumes a state. Returns empty if it is unknown, expired or consumed. Only one caller gets the
   * journey.
   */
  Optional<Journey> consume(String state) {
    Optional<Document> found = store.find(key(state));
    if (found.isEmpty()) {
      return Optional.empty();
    }
    var remove = new DirectoryWrite.Remove(key(state), found.get().version());
    return store.write(List.of(remove)).isEmpty()
        ? Optional.of(Codec.stored(Journey.class, found.get().json()))
        : Optional.empty();
  }

  private static DocumentKey key(String state) {
    return new DocumentKey("OAUTH-STATE#" + Digest.sha256Hex(state), SORT);
  }
}

package io.pinferry.connection;

import io.pinferry.base.Attempts;
import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.base.PinferryException.NotFound;
import io.pinferry.base.Secret;
import io.pinferry.directory.SecretStore;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of connections in two stores, while they move from one to the other. Each connection's
 * secret belongs to one of the two; it is found and written there, whatever store the configuration
 * names. Only new secrets go to the configured store, and {@link #move} takes the others there.
 *
 * <p>A move never leaves two copies that both count. It first puts an <i>arriving</i> copy into the
 * new store, which counts only when nothing else does. Then it replaces the version in the old
 * store by a <i>leaving</i> copy, with a compare-and-set. A process that read the version before
 * cannot promote there any more. Then the copy in the new store becomes a live one, and the old
 * secret is deleted. A writer that finds an arriving copy beside a leaving one promotes its value
 * over it, which is the third step as well. So a process that dies in between holds nobody up.
 */
public final class TokenPlaces implements SecretStore {
  private static final int ATTEMPTS_MAX = 5;

  /** The mark before the value of a copy. A live copy has none. */
  private enum State {
    LIVE(""),
    ARRIVING("arriving "),
    LEAVING("leaving ");

    private final String mark;

    State(String mark) {
      this.mark = mark;
    }

    Secret marked(Secret value) {
      return new Secret(mark + value.value());
    }
  }

  /**
   * A secret in one store.
   *
   * @param stored its current version, without the mark
   */
  private record Copy(SecretStore place, StoredSecret stored, State state) {
    String version() {
      return stored.version();
    }

    Secret value() {
      return stored.value();
    }
  }

  /** A check before a step that needs the lease. */
  public interface LeaseCheck {
    /**
     * Stops the move if it has too little time.
     *
     * @throws io.pinferry.base.PinferryException.ProviderUnavailable if too little of it is left
     */
    void requireTimeLeft();
  }

  private final SecretStore secretsManager;
  private final SecretStore dynamoDb;
  private final SecretStore configured;

  /**
   * @param toDynamoDb whether DynamoDB is the configured store
   */
  public TokenPlaces(SecretStore secretsManager, SecretStore dynamoDb, boolean toDynamoDb) {
    this.secretsManager = secretsManager;
    this.dynamoDb = dynamoDb;
    this.configured = toDynamoDb ? dynamoDb : secretsManager;
  }

  @Override
  public StoredSecret create(String name, Secret value) {
    return configured.create(name, value);
  }

  @Override
  public Optional<StoredSecret> find(String name) {
    return holder(name).map(Copy::stored);
  }

  @Override
  public Optional<StoredSecret> findPending(String name) {
    return holder(name)
        .flatMap(
            holder ->
                findPending(holder.place(), name)
                    .or(() -> findPending(other(holder.place()), name))
                    .filter(pending -> !pending.value().equals(holder.value())));
  }

  /** Finds pending tokens; a copy that a move has left has none that were not current before. */
  private static Optional<StoredSecret> findPending(SecretStore place, String name) {
    return place.findPending(name).filter(pending -> state(pending) == State.LIVE);
  }

  @Override
  public StoredSecret storePending(String name, Secret value) {
    // A promotion makes an arriving copy a live one, so nothing else has to.
    return holder(name).orElseThrow(() -> notFound(name)).place().storePending(name, value);
  }

  @Override
  public boolean promote(String name, String expectedCurrentVersion, String pendingVersion) {
    SecretStore place = holder(name).orElseThrow(() -> notFound(name)).place();
    try {
      return place.promote(name, expectedCurrentVersion, pendingVersion);
    } catch (NotFound e) {
      // The version may be in the store that the secret has just left.
      if (find(name).filter(now -> !now.version().equals(expectedCurrentVersion)).isPresent()) {
        return false;
      }
      StoredSecret late =
          findPending(other(place), name)
              .filter(pending -> pending.version().equals(pendingVersion))
              .orElseThrow(() -> e);
      return place.promote(
          name, expectedCurrentVersion, place.storePending(name, late.value()).version());
    }
  }

  @Override
  public StoredSecret storeAside(String name, Secret value) {
    return holder(name).map(Copy::place).orElse(configured).storeAside(name, value);
  }

  @Override
  public Optional<StoredSecret> findAside(String name) {
    Optional<StoredSecret> one = secretsManager.findAside(name);
    Optional<StoredSecret> other = dynamoDb.findAside(name);
    return one.isPresent() && other.isPresent() && newer(one.get(), other.get())
        ? one
        : other.or(() -> one);
  }

  @Override
  public void delete(String name) {
    secretsManager.delete(name);
    dynamoDb.delete(name);
  }

  /**
   * Moves a secret to the configured store, unless it is there. Tokens that are pending or beside
   * the secret come along. A move that died is taken further. Only one process at a time may move a
   * secret, and none may refresh its tokens meanwhile.
   *
   * @return false if a reconnect came in between; the move is to be repeated
   */
  public boolean move(String name, LeaseCheck lease) {
    SecretStore source = other(configured);
    if (copy(source, name) == null) {
      if (holder(name).isPresent()) {
        live(name);
      }
      return true;
    }
    if (same(live(name).place(), source)) {
      settle(name, source, source);
      Copy current = copy(source, name);
      if (current == null) {
        return false;
      }
      arrive(name, current.value());
      lease.requireTimeLeft();
      try {
        if (!replace(name, current, State.LEAVING)) {
          return false;
        }
      } catch (NotFound e) {
        // The connection was removed, and with it the secret.
        configured.delete(name);
        throw e;
      }
      live(name);
    }
    // A refresher that held the lease before may have stored its tokens late.
    settle(name, source, configured);
    lease.requireTimeLeft();
    source.delete(name);
    return true;
  }

  /** Puts an arriving copy of this value into the configured store, unless there is one. */
  private void arrive(String name, Secret value) {
    Copy present = copy(configured, name);
    if (present == null) {
      configured.create(name, State.ARRIVING.marked(value));
    } else if (present.state() != State.ARRIVING || !present.value().equals(value)) {
      var wanted = new StoredSecret(name, present.version(), value);
      if (!replace(name, new Copy(configured, wanted, present.state()), State.ARRIVING)) {
        throw Conflict.overtaken("the secret " + name);
      }
    }
  }

  /** Makes pending tokens, and those beside a secret, current ones if they are newer. */
  private static void settle(String name, SecretStore from, SecretStore to) {
    findPending(from, name).ifPresent(pending -> settle(name, pending, to));
    from.findAside(name).ifPresent(aside -> settle(name, aside, to));
  }

  private static void settle(String name, StoredSecret candidate, SecretStore to) {
    Copy current = copy(to, name);
    if (current != null
        && !candidate.value().equals(current.value())
        && TokenPair.of(candidate.value()).succeeds(TokenPair.of(current.value()))) {
      var wanted = new StoredSecret(name, current.version(), candidate.value());
      if (!replace(name, new Copy(to, wanted, current.state()), current.state())) {
        throw Conflict.overtaken("the secret " + name);
      }
    }
  }

  /**
   * Replaces a copy's version by one with the same value and this state, if it is still current.
   */
  private static boolean replace(String name, Copy copy, State state) {
    StoredSecret pending = copy.place().storePending(name, state.marked(copy.value()));
    return copy.place().promote(name, copy.version(), pending.version());
  }

  /** Returns the copy that counts, after an arriving one was made a live one. */
  private Copy live(String name) {
    return Attempts.until(
            ATTEMPTS_MAX,
            () -> {
              Copy holder = holder(name).orElseThrow(() -> notFound(name));
              if (holder.state() != State.ARRIVING) {
                return Optional.of(holder);
              }
              replace(name, holder, State.LIVE);
              return Optional.empty();
            })
        .orElseThrow(() -> Conflict.overtaken("the secret " + name));
  }

  /** Returns the copy that counts. */
  private Optional<Copy> holder(String name) {
    Copy one = copy(secretsManager, name);
    Copy other = copy(dynamoDb, name);
    // A move may have come between the two.
    boolean stale =
        one == null
            ? other == null || other.state() == State.LEAVING
            : other == null
                ? one.state() == State.LEAVING
                : one.state() == State.LIVE && other.state() == State.LIVE;
    if (stale) {
      one = copy(secretsManager, name);
      other = other == null ? copy(dynamoDb, name) : other;
    }
    if (one == null || other == null) {
      return Optional.ofNullable(one == null ? other : one);
    }
    if (one.state() != other.state()) {
      return Optional.of(one.state().compareTo(other.state()) < 0 ? one : other);
    }
    return Optional.of(newer(one.stored(), other.stored()) ? one : other);
  }

  private static boolean newer(StoredSecret one, StoredSecret other) {
    return TokenPair.of(one.value()).obtainedAt().isAfter(TokenPair.of(other.value()).obtainedAt());
  }

  private static @Nullable Copy copy(SecretStore place, String name) {
    return place
        .find(name)
        .map(found -> new Copy(place, withoutMark(found), state(found)))
        .orElse(null);
  }

  private static State state(StoredSecret stored) {
    String value = stored.value().value();
    return value.startsWith(State.ARRIVING.mark)
        ? State.ARRIVING
        : value.startsWith(State.LEAVING.mark) ? State.LEAVING : State.LIVE;
  }

  private static StoredSecret withoutMark(StoredSecret stored) {
    String value = stored.value().value();
    return new StoredSecret(
        stored.name(), stored.version(), new Secret(value.substring(state(stored).mark.length())));
  }

  private SecretStore other(SecretStore place) {
    return same(place, dynamoDb) ? secretsManager : dynamoDb;
  }

  @SuppressWarnings("ReferenceEquality") // The very store is meant.
  private static boolean same(SecretStore one, SecretStore other) {
    return one == other;
  }

  private static NotFound notFound(String name) {
    return new NotFound("there is no secret " + name);
  }
}

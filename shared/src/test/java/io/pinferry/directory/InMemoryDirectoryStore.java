package io.pinferry.directory;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Documents in a map. Expiry follows the clock that is passed in. */
public final class InMemoryDirectoryStore implements DirectoryStore {
  private static final Comparator<String> BYTES =
      (one, other) -> Arrays.compareUnsigned(one.getBytes(UTF_8), other.getBytes(UTF_8));

  private final NavigableMap<DocumentKey, Document> documents =
      new TreeMap<>(
          Comparator.comparing(DocumentKey::partition, BYTES)
              .thenComparing(DocumentKey::sort, BYTES));

  private final InstantSource clock;
  private final Object lock;

  public InMemoryDirectoryStore(InstantSource clock) {
    this(clock, new Object());
  }

  /**
   * Makes an empty store.
   *
   * @param lock guards every step, so that several stores can be changed in one
   */
  public InMemoryDirectoryStore(InstantSource clock, Object lock) {
    this.clock = clock;
    this.lock = lock;
  }

  @Override
  public Optional<Document> find(DocumentKey key) {
    synchronized (lock) {
      return Optional.ofNullable(documents.get(key)).filter(this::exists);
    }
  }

  @Override
  public List<Document> list(
      String partition, String sortPrefix, @Nullable String after, int limit) {
    if (limit < 1 || limit > 1000) {
      throw new IllegalArgumentException("limit " + limit + " is not between 1 and 1000");
    }
    synchronized (lock) {
      return documents.values().stream()
          .filter(document -> document.key().partition().equals(partition))
          .filter(document -> document.key().sort().startsWith(sortPrefix))
          .filter(document -> after == null || BYTES.compare(document.key().sort(), after) > 0)
          .filter(this::exists)
          .limit(limit)
          .toList();
    }
  }

  @Override
  public List<DirectoryWrite> write(List<DirectoryWrite> writes) {
    if (writes.size() > 100) {
      throw new IllegalArgumentException(writes.size() + " writes are more than 100");
    }
    synchronized (lock) {
      List<DirectoryWrite> refused = refused(writes);
      if (refused.isEmpty()) {
        apply(writes);
      }
      return refused;
    }
  }

  /** Returns the writes whose condition does not hold now; for a caller that holds the lock. */
  public List<DirectoryWrite> refused(List<DirectoryWrite> writes) {
    var keys = new HashSet<DocumentKey>();
    for (DirectoryWrite write : writes) {
      if (!keys.add(write.key())) {
        throw new IllegalArgumentException("two writes for " + write.key());
      }
    }
    return writes.stream().filter(write -> !holds(write)).toList();
  }

  /** Takes the writes' effect without asking; for a caller that holds the lock. */
  public void apply(List<DirectoryWrite> writes) {
    for (DirectoryWrite write : writes) {
      switch (write) {
        case DirectoryWrite.Create create ->
            documents.put(
                create.key(),
                new Document(create.key(), create.json(), 1, wholeSeconds(create.expiresAt())));
        case DirectoryWrite.Replace replace ->
            documents.computeIfPresent(
                replace.key(),
                (key, old) ->
                    new Document(
                        key,
                        replace.json(),
                        old.version() + 1,
                        replace.expiresAt() == null
                            ? old.expiresAt()
                            : wholeSeconds(replace.expiresAt())));
        case DirectoryWrite.Remove remove -> documents.remove(remove.key());
        case DirectoryWrite.Discard discard -> documents.remove(discard.key());
        case DirectoryWrite.Require require -> {}
        case DirectoryWrite.Absent absent -> {}
      }
    }
  }

  private boolean holds(DirectoryWrite write) {
    Optional<Document> found = find(write.key());
    return switch (write) {
      case DirectoryWrite.Create create -> found.isEmpty();
      case DirectoryWrite.Replace replace ->
          found.filter(document -> document.version() == replace.expectedVersion()).isPresent();
      case DirectoryWrite.Remove remove ->
          found.filter(document -> document.version() == remove.expectedVersion()).isPresent();
      case DirectoryWrite.Discard discard -> true;
      case DirectoryWrite.Require require -> found.isPresent();
      case DirectoryWrite.Absent absent -> found.isEmpty();
    };
  }

  private boolean exists(Document document) {
    return document.expiresAt() == null || document.expiresAt().isAfter(clock.instant());
  }

  private static @Nullable Instant wholeSeconds(@Nullable Instant instant) {
    return instant == null ? null : instant.truncatedTo(ChronoUnit.SECONDS);
  }
}

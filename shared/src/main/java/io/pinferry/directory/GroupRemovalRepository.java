package io.pinferry.directory;

import io.pinferry.base.Codec;
import io.pinferry.base.PinferryException.Conflict;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Stores removals of groups. While a group is being removed, and for attempts to connect that began
 * before its end, no connection of the group can be made.
 */
public final class GroupRemovalRepository {
  /** How long a removal is known. An attempt to connect is much shorter. */
  public static final Duration KEPT = Duration.ofDays(30);

  private final DirectoryStore store;
  private final Documents<GroupRemoval> removals;

  public GroupRemovalRepository(DirectoryStore store) {
    this.store = store;
    this.removals = new Documents<>(store, GroupRemoval.class);
  }

  /** Returns the id of a group's removal, which tells nothing about the group. */
  public static String idOf(String groupRef) {
    return DirectoryKeys.digest(groupRef);
  }

  /** Finds the latest removal of a group by {@link #idOf}. */
  public Optional<Snapshot<GroupRemoval>> find(ProjectId project, String id) {
    return removals.find(key(project, id));
  }

  /**
   * Begins a removal, unless another request has begun one.
   *
   * @param before the finished removal before it; null if there is none
   */
  public void begin(
      ProjectId project, String id, @Nullable Snapshot<GroupRemoval> before, Instant now) {
    DocumentKey key = key(project, id);
    List<InstallationId> earlier = before == null ? List.of() : before.value().installations();
    String json = Codec.text(GroupRemoval.begun(now, earlier));
    Instant until = now.plus(KEPT);
    store.write(
        List.of(
            new DirectoryWrite.Require(DirectoryKeys.project(project)),
            before == null
                ? new DirectoryWrite.Create(key, json, until)
                : new DirectoryWrite.Replace(key, json, before.version(), until)));
  }

  /**
   * Replaces a removal.
   *
   * @return the new state
   * @throws Conflict if another request goes on with it
   */
  public Snapshot<GroupRemoval> replace(
      ProjectId project, String id, Snapshot<GroupRemoval> before, GroupRemoval after) {
    if (!store.write(List.of(Documents.replace(key(project, id), before, after))).isEmpty()) {
      throw new Conflict(
          "the group is being removed by another request", "repeat this request in some seconds");
    }
    return new Snapshot<>(after, before.version() + 1);
  }

  /**
   * Returns a write that is refused if a removal of the group begins or goes on meanwhile.
   *
   * @param begunAt when the customer began to connect
   * @throws Conflict if the group is being removed, or was removed since then
   */
  DirectoryWrite notRemovedSince(ProjectId project, String groupRef, Instant begunAt) {
    DocumentKey key = key(project, idOf(groupRef));
    Optional<Snapshot<GroupRemoval>> found = removals.find(key);
    if (found.isEmpty()) {
      return new DirectoryWrite.Absent(key);
    }
    Instant finishedAt = found.get().value().finishedAt();
    if (finishedAt == null || begunAt.isBefore(finishedAt)) {
      throw new Conflict(
          "the group is being removed, or was removed after this attempt to connect began",
          "once it is removed, begin to connect anew");
    }
    return Documents.replace(key, found.get(), found.get().value());
  }

  private static DocumentKey key(ProjectId project, String id) {
    return DirectoryKeys.of(project, "GROUP-REMOVAL#" + id);
  }
}

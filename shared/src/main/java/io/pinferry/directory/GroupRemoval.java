package io.pinferry.directory;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The removal of a group, begun or finished. It holds ids only, no data of the customer.
 *
 * @param startedAt when it was asked for
 * @param finishedAt when all was removed; null while the removal is going on
 * @param installations all installations that the group had
 * @param secrets the names of the secrets with its tokens
 * @param progress how far the dead letters and operations are removed
 * @param removed what was removed so far
 */
public record GroupRemoval(
    Instant startedAt,
    @Nullable Instant finishedAt,
    List<InstallationId> installations,
    List<String> secrets,
    Progress progress,
    Counts removed) {
  public GroupRemoval {
    installations = List.copyOf(installations);
    secrets = List.copyOf(secrets);
  }

  static GroupRemoval begun(Instant now, List<InstallationId> installations) {
    return new GroupRemoval(
        now, null, installations, List.of(), Progress.START, new Counts(0, 0, 0, 0, 0));
  }

  /**
   * How far the removal is.
   *
   * @param letters how far the dead letters are removed; null before the first step
   * @param installations the number of installations whose operations are removed
   * @param pageToken the position in the next one; null at its start
   */
  public record Progress(@Nullable Letters letters, int installations, @Nullable String pageToken) {
    static final Progress START = new Progress(null, 0, null);

    public Progress with(Letters reached) {
      return new Progress(reached, installations, pageToken);
    }

    public Progress with(int reached, @Nullable String position) {
      return new Progress(letters, reached, position);
    }
  }

  /**
   * How far the dead letters are removed. Those of all installations are removed in one pass, since
   * a store lists them by project.
   *
   * @param installations the number of installations that this pass is about
   * @param pageToken the position in the list; null if the pass is over
   */
  public record Letters(int installations, @Nullable String pageToken) {
    /** Returns whether nothing is left to do for so many installations. */
    public boolean isDone(int count) {
      return installations == count && pageToken == null;
    }
  }

  /** The numbers of removed things. Messages are those that waited for a later attempt. */
  public record Counts(
      int installations, int connections, int operations, int messages, int deadLetters) {
    public Counts plus(Counts more) {
      return new Counts(
          installations + more.installations,
          connections + more.connections,
          operations + more.operations,
          messages + more.messages,
          deadLetters + more.deadLetters);
    }
  }

  /** Returns the removal with more installations and secrets. */
  public GroupRemoval with(List<InstallationId> moreInstallations, List<String> moreSecrets) {
    return new GroupRemoval(
        startedAt,
        finishedAt,
        union(installations, moreInstallations),
        union(secrets, moreSecrets),
        progress,
        removed);
  }

  public GroupRemoval with(Progress reached, Counts counts) {
    return new GroupRemoval(startedAt, finishedAt, installations, secrets, reached, counts);
  }

  public GroupRemoval finished(Instant now) {
    return new GroupRemoval(startedAt, now, installations, secrets, progress, removed);
  }

  private static <T> List<T> union(List<T> some, List<T> more) {
    Set<T> all = new LinkedHashSet<>(some);
    all.addAll(more);
    return new ArrayList<>(all);
  }
}

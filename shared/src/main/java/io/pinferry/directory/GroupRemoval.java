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
 * @param progress how far the operations are removed
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
   * How far the operations are removed.
   *
   * @param installations the number of installations that are done
   * @param pageToken the position in the next one; null at its start
   */
  public record Progress(int installations, @Nullable String pageToken) {
    static final Progress START = new Progress(0, null);
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

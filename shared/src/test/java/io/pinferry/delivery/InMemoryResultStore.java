package io.pinferry.delivery;

import io.pinferry.directory.ProjectId;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Results in a map. */
public final class InMemoryResultStore implements ResultStore {
  private final Map<String, byte[]> results = new ConcurrentHashMap<>();

  @Override
  public void keep(ProjectId project, String messageId, byte[] result, Instant until) {
    results.put(key(project, messageId), result.clone());
  }

  @Override
  public Optional<byte[]> find(ProjectId project, String messageId) {
    return Optional.ofNullable(results.get(key(project, messageId))).map(byte[]::clone);
  }

  @Override
  public void remove(ProjectId project, String messageId) {
    results.remove(key(project, messageId));
  }

  private static String key(ProjectId project, String messageId) {
    return project.value() + "/" + messageId;
  }
}

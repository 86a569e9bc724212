package io.pinferry.directory;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Passes every call on. A test overrides one. */
public class ForwardingDirectoryStore implements DirectoryStore {
  private final DirectoryStore store;

  public ForwardingDirectoryStore(DirectoryStore store) {
    this.store = store;
  }

  @Override
  public Optional<Document> find(DocumentKey key) {
    return store.find(key);
  }

  @Override
  public List<Document> list(
      String partition, String sortPrefix, @Nullable String after, int limit) {
    return store.list(partition, sortPrefix, after, limit);
  }

  @Override
  public List<DirectoryWrite> write(List<DirectoryWrite> writes) {
    return store.write(writes);
  }
}

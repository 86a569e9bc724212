package io.pinferry.directory;

import io.pinferry.base.Codec;
import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.base.PinferryException.NotFound;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads and writes the documents of one type, which is a record. */
final class Documents<T> {
  /** The page size of a listing, which is also the most that a store reads at once. */
  private static final int PAGE_SIZE = 1000;

  /** The most writes that take effect together. */
  private static final int WRITES_MAX = 100;

  private final DirectoryStore store;
  private final Class<T> type;

  Documents(DirectoryStore store, Class<T> type) {
    this.store = store;
    this.type = type;
  }

  /** The content of a document that only points to another one. */
  record Pointer(String id) {}

  /**
   * The unique name of a thing. Its document points to the thing.
   *
   * @param kind the kind of thing, for people
   * @param id the id of the thing
   */
  record Name(String kind, String text, DocumentKey key, String id) {
    DirectoryWrite creation() {
      return DirectoryWrite.Create.of(key, new Pointer(id));
    }

    DirectoryWrite removal() {
      return new DirectoryWrite.Discard(key);
    }

    Conflict taken() {
      return new Conflict(
          "there is already a %s named %s".formatted(kind, text),
          "Choose another name, or use that one.");
    }
  }

  Optional<Snapshot<T>> find(DocumentKey key) {
    return store.find(key).map(this::read);
  }

  /** Returns all documents of a project whose sort keys begin with the prefix. */
  List<Snapshot<T>> list(ProjectId project, String sortPrefix) {
    return listAll(store, DirectoryKeys.partition(project), sortPrefix).stream()
        .map(this::read)
        .toList();
  }

  /**
   * Returns some documents of a project whose sort keys begin with the prefix, in their order.
   *
   * @param after the rest of the sort key after which the page begins; null for the first page
   */
  List<Snapshot<T>> page(ProjectId project, String sortPrefix, @Nullable String after, int limit) {
    return store
        .list(
            DirectoryKeys.partition(project),
            sortPrefix,
            after == null ? null : sortPrefix + after,
            limit)
        .stream()
        .map(this::read)
        .toList();
  }

  /** Returns the write that replaces a document. It is refused if the document has changed. */
  static <T> DirectoryWrite replace(DocumentKey key, Snapshot<T> before, T after) {
    return new DirectoryWrite.Replace(key, Codec.text(after), before.version());
  }

  /**
   * Changes a thing and its name together.
   *
   * @param writes the write of the thing, and others
   * @throws Conflict if the new name is taken, or a document was changed or removed since
   */
  static void change(DirectoryStore store, Name before, Name after, List<DirectoryWrite> writes) {
    List<DirectoryWrite> all = new ArrayList<>(writes);
    if (!after.key().equals(before.key())) {
      all.add(after.creation());
      all.add(before.removal());
    }
    List<DirectoryWrite> refused = store.write(all);
    if (refused.stream().anyMatch(write -> write.key().equals(after.key()))) {
      throw after.taken();
    }
    if (!refused.isEmpty()) {
      throw changedMeanwhile(after.kind() + " " + after.text());
    }
  }

  /** Returns all documents of a partition whose sort keys begin with the prefix. */
  static List<Document> listAll(DirectoryStore store, String partition, String sortPrefix) {
    var all = new ArrayList<Document>();
    String after = null;
    while (true) {
      List<Document> page = store.list(partition, sortPrefix, after, PAGE_SIZE);
      all.addAll(page);
      if (page.size() < PAGE_SIZE) {
        return all;
      }
      after = page.getLast().key().sort();
    }
  }

  /** Discards documents in batches. */
  static void discardAll(DirectoryStore store, List<DocumentKey> keys) {
    for (int from = 0; from < keys.size(); from += WRITES_MAX) {
      store.write(
          keys.subList(from, Math.min(keys.size(), from + WRITES_MAX)).stream()
              .map(key -> (DirectoryWrite) new DirectoryWrite.Discard(key))
              .toList());
    }
  }

  /**
   * Creates documents of a project, all or none of them.
   *
   * @return the writes that were refused because their document exists; empty if all were created
   * @throws NotFound if the project does not exist
   */
  static List<DirectoryWrite> createIn(
      DirectoryStore store, ProjectId project, DirectoryWrite... writes) {
    DirectoryWrite required = new DirectoryWrite.Require(DirectoryKeys.project(project));
    List<DirectoryWrite> refused =
        store.write(Stream.concat(Stream.of(writes), Stream.of(required)).toList());
    if (refused.contains(required)) {
      throw new NotFound("there is no project " + project);
    }
    return refused;
  }

  /**
   * Changes documents, all or none of them.
   *
   * @param thing the changed thing, for people
   * @throws Conflict if one of them was changed or removed since it was read
   */
  static void change(DirectoryStore store, String thing, DirectoryWrite... writes) {
    if (!store.write(List.of(writes)).isEmpty()) {
      throw changedMeanwhile(thing);
    }
  }

  private static Conflict changedMeanwhile(String thing) {
    return new Conflict(
        thing + " was changed or removed by another request",
        "Read it again and repeat the request.");
  }

  private Snapshot<T> read(Document document) {
    return new Snapshot<>(Codec.stored(type, document.json()), document.version());
  }
}

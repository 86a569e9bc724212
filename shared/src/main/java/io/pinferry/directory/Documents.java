package io.pinferry.directory;

import io.pinferry.base.Codec;
import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.base.PinferryException.NotFound;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The stored documents of one kind, each a record in JSON. */
final class Documents<T> {
  /** One page of a listing; DynamoDB reads no more at once either. */
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

  Optional<Snapshot<T>> find(DocumentKey key) {
    return store.find(key).map(this::read);
  }

  /** Returns every document of a project whose sort key begins with the prefix. */
  List<Snapshot<T>> list(ProjectId project, String sortPrefix) {
    return listAll(store, DirectoryKeys.partition(project), sortPrefix).stream()
        .map(this::read)
        .toList();
  }

  /** Returns the write that replaces a document; refused if it was changed since it was read. */
  static <T> DirectoryWrite replace(DocumentKey key, Snapshot<T> before, T after) {
    return new DirectoryWrite.Replace(key, Codec.text(after), before.version());
  }

  /** Returns the writes that move the name of a thing; none if it keeps its name. */
  static List<DirectoryWrite> rename(DocumentKey before, DocumentKey after, Object content) {
    return before.equals(after)
        ? List.of()
        : List.of(DirectoryWrite.Create.of(after, content), new DirectoryWrite.Discard(before));
  }

  /** Returns every document of a partition whose sort key begins with the prefix. */
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

  /** Discards documents, as many at a time as take effect together. */
  static void discardAll(DirectoryStore store, List<DocumentKey> keys) {
    for (int from = 0; from < keys.size(); from += WRITES_MAX) {
      store.write(
          keys.subList(from, Math.min(keys.size(), from + WRITES_MAX)).stream()
              .map(key -> (DirectoryWrite) new DirectoryWrite.Discard(key))
              .toList());
    }
  }

  /**
   * Creates documents of a project, all or none.
   *
   * @return the writes that were refused since the document exists; empty if all were created
   * @throws NotFound if there is no such project (any more)
   */
  static List<DirectoryWrite> createIn(
      DirectoryStore store, ProjectId project, DirectoryWrite... writes) {
    DocumentKey there = DirectoryKeys.project(project);
    List<DirectoryWrite> all = new ArrayList<>(List.of(writes));
    all.add(new DirectoryWrite.Require(there));
    List<DirectoryWrite> refused = store.write(all);
    if (refused.stream().anyMatch(write -> write.key().equals(there))) {
      throw new NotFound("there is no project " + project);
    }
    return refused;
  }

  /**
   * Changes documents as they were read, all or none.
   *
   * @param what names it for people
   * @throws Conflict if any of them was changed or removed since
   */
  static void change(DirectoryStore store, String what, DirectoryWrite... writes) {
    if (!store.write(List.of(writes)).isEmpty()) {
      throw changedMeanwhile(what);
    }
  }

  /** Says that a condition on a version did not hold. */
  static Conflict changedMeanwhile(String what) {
    return new Conflict(
        what + " was changed or removed by another request meanwhile",
        "Read it again and repeat the request.");
  }

  private Snapshot<T> read(Document document) {
    return new Snapshot<>(Codec.stored(type, document.json()), document.version());
  }
}

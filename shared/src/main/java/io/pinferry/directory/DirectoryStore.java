package io.pinferry.directory;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Stores small documents in partitions. Conditional writes take effect together or not at all.
 * Reads are strongly consistent: they see all writes that were acknowledged before they began.
 * Expired documents are never returned, even before they are removed.
 */
public interface DirectoryStore {
  Optional<Document> find(DocumentKey key);

  /**
   * Returns the documents of a partition whose sort keys begin with the prefix, in the order of the
   * UTF-8 bytes of the sort keys.
   *
   * @param after only documents with a greater sort key; null for the first ones
   * @param limit at most this many, 1 to 1000
   */
  List<Document> list(String partition, String sortPrefix, @Nullable String after, int limit);

  /**
   * Makes all writes or none; at most 100, each for another key.
   *
   * @return the refused writes, whose conditions did not hold; empty if all took effect
   */
  List<DirectoryWrite> write(List<DirectoryWrite> writes);
}

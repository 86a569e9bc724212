package io.pinferry.directory;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Small documents in partitions, with conditional writes that take effect together or not at all.
 * Reads are strongly consistent: they see every write that was acknowledged before they began.
 * Documents past their expiry are never returned, whether or not they were removed yet.
 */
public interface DirectoryStore {
  Optional<Document> find(DocumentKey key);

  /**
   * Returns the partition's documents whose sort key begins with the prefix, in the order of their
   * sort keys' UTF-8 bytes.
   *
   * @param after only documents whose sort key is greater; null for the first ones
   * @param limit at most this many, 1 to 1000
   */
  List<Document> list(String partition, String sortPrefix, @Nullable String after, int limit);

  /**
   * Writes all or nothing; at most 100 writes, each for another key.
   *
   * @return the writes whose condition did not hold, empty if all took effect
   */
  List<DirectoryWrite> write(List<DirectoryWrite> writes);
}

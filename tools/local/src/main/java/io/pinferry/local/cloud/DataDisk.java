package io.pinferry.local.cloud;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The disk of a stack that keeps its data. On a full disk every part fails in its own way, and the
 * SDK tries again for half a minute. So the gateways ask here first.
 */
final class DataDisk {
  /** The bytes that tables and queues need for a write, with room to spare. */
  static final long FREE_BYTES_MIN = 2L * 1024 * 1024;

  private final @Nullable Path folder;
  private final FreeSpace free;

  /** Returns the free bytes of the disk of a folder. */
  @FunctionalInterface
  interface FreeSpace {
    long of(Path folder) throws IOException;
  }

  DataDisk(@Nullable Path folder, FreeSpace free) {
    this.folder = folder;
    this.free = free;
  }

  /**
   * Returns the disk of a folder.
   *
   * @param folder null for a stack in memory, whose disk is never full
   */
  static DataDisk of(@Nullable Path folder) {
    return new DataDisk(folder, path -> Files.getFileStore(path).getUsableSpace());
  }

  /** Returns what to say if the disk is full. */
  Optional<String> full() {
    if (folder == null) {
      return Optional.empty();
    }
    try {
      long bytes = free.of(folder);
      return bytes >= FREE_BYTES_MIN
          ? Optional.empty()
          : Optional.of(
              "the disk of %s (--data) is full: %s bytes are left, and %s are needed; nothing was done"
                  .formatted(folder, bytes, FREE_BYTES_MIN));
    } catch (IOException e) {
      return Optional.of("the disk of %s (--data) cannot be asked: %s".formatted(folder, e));
    }
  }
}

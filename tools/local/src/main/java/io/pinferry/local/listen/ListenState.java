package io.pinferry.local.listen;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.local.api.CommandFailure;
import io.pinferry.local.api.ExitCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.SequencedSet;

/**
 * The messages that were printed, in a file. A killed process leaves at most a part of a line at
 * its end, which the next start cuts off. Safe for many threads; one process uses a file at a time.
 */
public final class ListenState implements AutoCloseable {
  /** A start forgets older ids, so that the file stays small. */
  static final int IDS_MAX = 50_000;

  private static final String BEGIN = "begin";
  private static final String SINCE = "since";
  private static final String ID = "id";

  private final FileChannel channel;
  private final SequencedSet<String> ids = new LinkedHashSet<>();
  private final Instant begin;
  private Instant since;

  private ListenState(FileChannel channel, Instant begin) {
    this.channel = channel;
    this.begin = begin;
    this.since = begin;
  }

  /**
   * Opens a file; makes it if it is not there.
   *
   * @param now the time from which messages are expected if the file is new
   * @throws CommandFailure if another process uses the file, or it is something else
   */
  public static ListenState open(Path file, Instant now) {
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      try {
        lock(channel, file);
        return read(channel, file, now);
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCode.USAGE, "cannot use " + file + ": " + e.getMessage(), "Name one with --state.");
    }
  }

  private static void lock(FileChannel channel, Path file) throws IOException {
    FileLock lock;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null;
    }
    if (lock == null) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "another process listens with " + file,
          "End it, or name another file with --state, and another --destination.");
    }
  }

  private static ListenState read(FileChannel channel, Path file, Instant now) throws IOException {
    var content = ByteBuffer.allocate((int) channel.size());
    while (content.hasRemaining() && channel.read(content) >= 0) {
      // A read may return less than asked for.
    }
    String text = new String(content.array(), UTF_8);
    String whole = text.substring(0, text.lastIndexOf('\n') + 1);
    ListenState state = null;
    for (String line : whole.lines().toList()) {
      JsonNode entry;
      try {
        entry = Json.parse(line.getBytes(UTF_8));
      } catch (IOException e) {
        throw notOurs(file);
      }
      if (state == null) {
        if (!entry.has(BEGIN)) {
          throw notOurs(file);
        }
        state = new ListenState(channel, Instant.parse(entry.path(BEGIN).asText()));
      } else if (entry.has(SINCE)) {
        state.since = Instant.parse(entry.path(SINCE).asText());
      } else {
        state.ids.add(entry.path(ID).asText());
      }
    }
    if (state == null && !whole.isEmpty()) {
      throw notOurs(file);
    }
    ListenState opened = state == null ? new ListenState(channel, now) : state;
    opened.rewrite();
    return opened;
  }

  private static CommandFailure notOurs(Path file) {
    return new CommandFailure(
        ExitCode.USAGE, file + " is no state of ./pinferry listen", "Name another with --state.");
  }

  private synchronized void rewrite() throws IOException {
    while (ids.size() > IDS_MAX) {
      ids.removeFirst();
    }
    var text = new StringBuilder();
    text.append(line(BEGIN, begin.toString())).append(line(SINCE, since.toString()));
    ids.forEach(id -> text.append(line(ID, id)));
    byte[] bytes = text.toString().getBytes(UTF_8);
    // The old end is cut off only after all is written, so a kill loses no id.
    channel.position(0);
    write(bytes);
    channel.truncate(bytes.length);
  }

  private static String line(String name, String value) {
    ObjectNode entry = Json.object().put(name, value);
    return Json.text(entry) + "\n";
  }

  private void write(byte[] bytes) throws IOException {
    ByteBuffer left = ByteBuffer.wrap(bytes);
    while (left.hasRemaining()) {
      channel.write(left);
    }
  }

  private void append(String name, String value) {
    try {
      write(line(name, value).getBytes(UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("the state of listen cannot be written", e);
    }
  }

  /** Returns the time from which messages are expected. */
  Instant begin() {
    return begin;
  }

  /** Returns the time up to which nothing is missing. */
  synchronized Instant since() {
    return since;
  }

  synchronized boolean has(String id) {
    return ids.contains(id);
  }

  /** Notes a message. */
  synchronized void add(String id) {
    append(ID, id);
    ids.add(id);
  }

  /** Notes that nothing before a time is missing. */
  synchronized void complete(Instant until) {
    if (until.isAfter(since)) {
      append(SINCE, until.toString());
      since = until;
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

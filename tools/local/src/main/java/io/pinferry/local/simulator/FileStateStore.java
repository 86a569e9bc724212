package io.pinferry.local.simulator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * Keeps the state in one file of a directory, replaced by renaming so that a kill leaves no half
 * file.
 */
public final class FileStateStore implements StateStore {
  private final Path file;

  /** Uses {@code pinterest-simulator.json} in {@code directory}, which is made if it is missing. */
  public FileStateStore(Path directory) {
    this.file = directory.resolve("pinterest-simulator.json");
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make the data directory " + directory, e);
    }
  }

  @Override
  public Optional<String> load() {
    try {
      return Files.exists(file) ? Optional.of(Files.readString(file)) : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the simulator's state in " + file, e);
    }
  }

  @Override
  public void save(String state) {
    try {
      Path next = file.resolveSibling(file.getFileName() + ".next");
      Files.writeString(next, state);
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the simulator's state to " + file, e);
    }
  }
}

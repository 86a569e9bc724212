package io.pinferry.local.cloud;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** A function's package on disk: classes, and libraries in {@code lib/}. */
final class FunctionCode implements AutoCloseable {

  private static final String UNPACKED = "function";
  private static final String LIBRARIES = "lib";

  /**
   * The classes of packages that were opened before, by their files as they were then. A process
   * that starts several clouds, as tests do, has the same packages loaded and compiled only once.
   */
  private static final Map<List<String>, FunctionClasses> OPENED = new ConcurrentHashMap<>();

  private final Path directory;
  private final boolean temporary;

  private FunctionCode(Path directory, boolean temporary) {
    this.directory = directory;
    this.temporary = temporary;
  }

  /**
   * Opens a package. For an archive the build leaves the same files unpacked beside it, in {@code
   * function}; an archive alone is unpacked to a temporary directory until {@link #close}.
   *
   * @param root what the build is started in, for the message when there is no package yet
   * @throws IllegalArgumentException when nothing was built, naming the command that builds it
   */
  static FunctionCode open(String function, Path code, Path root) {
    try {
      if (Files.isDirectory(code)) {
        return new FunctionCode(code, false);
      }
      Path unpacked = code.resolveSibling(UNPACKED);
      if (Files.isDirectory(unpacked.resolve(LIBRARIES))) {
        return new FunctionCode(unpacked, false);
      }
      if (Files.isRegularFile(code)) {
        return new FunctionCode(unpack(code), true);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the package " + code + " cannot be unpacked", e);
    }
    throw new IllegalArgumentException(
        "function "
            + function
            + " is not built: there is no "
            + root.relativize(code)
            + ". Build it with: cd "
            + root
            + " && mvn -B -q package -DskipTests");
  }

  private static Path unpack(Path archive) throws IOException {
    Path target = Files.createTempDirectory("pinferry-function-");
    try (InputStream file = Files.newInputStream(archive);
        ZipInputStream zip = new ZipInputStream(file)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path path = target.resolve(entry.getName()).normalize();
        if (!path.startsWith(target)) {
          throw new IOException("entry " + entry.getName() + " leads out of " + archive);
        }
        if (entry.isDirectory()) {
          Files.createDirectories(path);
        } else {
          Files.createDirectories(path.getParent());
          Files.copy(zip, path);
        }
      }
    }
    return target;
  }

  Path directory() {
    return directory;
  }

  /** Returns the package's classes. */
  FunctionClasses classes() {
    try {
      List<Path> path = classPath();
      List<String> key = new ArrayList<>();
      for (Path file : path) {
        key.add(file + " " + Files.getLastModifiedTime(file) + " " + Files.size(file));
      }
      return OPENED.computeIfAbsent(key, _ -> new FunctionClasses(urls(path)));
    } catch (IOException e) {
      throw new UncheckedIOException("the package " + directory + " cannot be read", e);
    }
  }

  /** Returns what the managed runtime puts on the class path, in its order. */
  private List<Path> classPath() throws IOException {
    List<Path> path = new ArrayList<>();
    path.add(directory);
    Path libraries = directory.resolve(LIBRARIES);
    if (Files.isDirectory(libraries)) {
      try (Stream<Path> files = Files.list(libraries)) {
        path.addAll(files.filter(f -> f.toString().endsWith(".jar")).sorted().toList());
      }
    }
    return path;
  }

  private static URL[] urls(List<Path> path) {
    try {
      List<URL> urls = new ArrayList<>();
      for (Path file : path) {
        urls.add(file.toUri().toURL());
      }
      return urls.toArray(URL[]::new);
    } catch (MalformedURLException e) {
      throw new IllegalStateException("a path always has a URL", e);
    }
  }

  @Override
  public void close() {
    if (!temporary) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(directory + " cannot be removed", e);
    }
  }
}

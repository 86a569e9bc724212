package io.pinferry.local.repository;

import io.pinferry.local.RepositoryRoot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The files of this repository, without what builds and tools leave behind. */
final class Repository {
  private static final Set<String> NOT_OURS =
      Set.of(
          ".git",
          ".idea",
          ".mvn",
          ".pinferry",
          ".settings",
          ".vscode",
          "dist",
          "node_modules",
          "target");

  private Repository() {}

  /** Returns all files that the predicate takes, relative to the root, in their order. */
  static List<Path> files(Predicate<Path> wanted) {
    Path root = RepositoryRoot.find();
    var found = new ArrayList<Path>();
    try {
      Files.walkFileTree(
          root,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
              boolean skipped = !folder.equals(root) && NOT_OURS.contains(name(folder));
              return skipped ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              Path relative = root.relativize(file);
              if (!name(file).equals(".git") && wanted.test(relative)) {
                found.add(relative);
              }
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found.stream().sorted().toList();
  }

  /** Returns the folders of all Maven modules but the root, relative to it. */
  static List<Path> modules() {
    return files(file -> name(file).equals("pom.xml")).stream()
        .flatMap(pom -> Stream.ofNullable(pom.getParent()))
        .toList();
  }

  /** Returns the names of the function modules, for example {@code write-worker}. */
  static List<String> functions() {
    return modules().stream()
        .filter(module -> module.startsWith("functions") && module.getNameCount() == 2)
        .map(Repository::name)
        .toList();
  }

  /** Returns a file as text; bytes that are not UTF-8, as in a picture, become U+FFFD. */
  static String read(Path relative) {
    try {
      return new String(
          Files.readAllBytes(RepositoryRoot.find().resolve(relative)), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + relative, e);
    }
  }

  static String name(Path path) {
    Path name = path.getFileName();
    return name == null ? "" : name.toString();
  }
}

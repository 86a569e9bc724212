package io.pinferry.local;

import java.nio.file.Files;
import java.nio.file.Path;

/** Finds the files of the checkout that the tests run in, whichever module they run in. */
public final class RepositoryRoot {
  private RepositoryRoot() {}

  /** Returns the folder that holds template.yaml, at or above the working directory. */
  public static Path find() {
    Path start = Path.of("").toAbsolutePath();
    for (Path folder = start; folder != null; folder = folder.getParent()) {
      if (Files.exists(folder.resolve("template.yaml"))) {
        return folder;
      }
    }
    throw new IllegalStateException("no template.yaml at or above " + start);
  }

  /** Returns a file or folder of the repository, by its path from the root. */
  public static Path file(String path) {
    return find().resolve(path);
  }

  /** Returns the folder of the official specifications, which stands beside few checkouts. */
  public static Path oracle() {
    return find().resolve("../shared/oracle").normalize();
  }
}

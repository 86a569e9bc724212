package io.pinferry.local.clients;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Installs a client from its package registry, in the versions that a file of ours names. */
sealed interface Tool {
  /** The longest time that a package manager gets. */
  Duration INSTALL_MAX = Duration.ofMinutes(6);

  /**
   * Installs the client, unless that was done before.
   *
   * @param sources the folder tools/clients
   * @param folder of this client
   */
  Preparation prepare(Path sources, Path folder) throws IOException, InterruptedException;

  /** The result of an installation. */
  sealed interface Preparation {}

  /**
   * The client can be run.
   *
   * @param command runs a script
   * @param scripts the folder that the script is in
   * @param scene what the script has to know of the installation
   */
  record Ready(List<String> command, Path scripts, Map<String, String> scene)
      implements Preparation {}

  /** Something is missing on this computer. */
  record Missing(String reason) implements Preparation {}

  /**
   * A virtual environment of Python.
   *
   * @param requirements the name of a file in tools/clients/python
   * @param minorMin the oldest Python 3 that the client permits
   * @param minorMax the newest
   */
  record Python(String requirements, int minorMin, int minorMax) implements Tool {
    private static final String VERSION = "import sys, venv, ensurepip; print(sys.version_info[1])";

    @Override
    public Preparation prepare(Path sources, Path folder) throws IOException, InterruptedException {
      Path python = find(folder);
      if (python == null) {
        return new Missing(
            "it needs Python 3.%d to 3.%d with venv, for example: apt-get install python3-venv"
                .formatted(minorMin, minorMax));
      }
      Path wanted = sources.resolve("python").resolve(requirements + ".txt");
      Path environment = folder.resolve("venv");
      Path ready = environment.resolve("installed.txt");
      Path own = environment.resolve("bin/python");
      if (!Files.exists(ready) || Files.mismatch(wanted, ready) >= 0) {
        Folders.remove(environment);
        Path log = folder.resolve("install.log");
        var made =
            Program.run(folder, log, INSTALL_MAX, List.of(python.toString(), "-m", "venv", "venv"));
        if (made.good()) {
          made =
              Program.run(
                  folder,
                  log,
                  INSTALL_MAX,
                  List.of(
                      own.toString(),
                      "-m",
                      "pip",
                      "install",
                      "--quiet",
                      "--no-input",
                      "--disable-pip-version-check",
                      "--require-hashes",
                      // The file has them all, and pip takes no hash for a package with extras.
                      "--no-deps",
                      "-r",
                      wanted.toString()));
        }
        if (!made.good()) {
          return new Missing(
              "pip could not install it (" + made.problem() + "):\n" + made.lastLines());
        }
        Files.copy(wanted, ready);
      }
      // Without compiled files beside the sources.
      return new Ready(List.of(own.toString(), "-B"), sources.resolve("python"), Map.of());
    }

    private @Nullable Path find(Path folder) throws IOException, InterruptedException {
      var names = new ArrayList<String>(List.of("python3"));
      for (int version = minorMax; version >= minorMin; version--) {
        names.add("python3." + version);
      }
      for (String name : names) {
        Optional<Path> python = Program.find(name);
        int minor = python.isPresent() ? minor(python.get(), folder) : 0;
        if (python.isPresent() && minor >= minorMin && minor <= minorMax) {
          return python.get();
        }
      }
      return null;
    }

    /** Returns the minor version of a Python 3; 0 if it cannot make environments. */
    private static int minor(Path python, Path folder) throws IOException, InterruptedException {
      Path output = folder.resolve("python-version.txt");
      var asked =
          Program.run(
              folder,
              output,
              folder.resolve("python.log"),
              Duration.ofSeconds(30),
              List.of(python.toString(), "-c", VERSION));
      return asked.good() ? Integer.parseInt(Files.readString(output).strip()) : 0;
    }
  }

  /**
   * Packages of npm; their names are in tools/clients/node.
   *
   * @param majorMin the oldest Node that the packages permit
   */
  record Node(int majorMin) implements Tool {
    @Override
    public Preparation prepare(Path sources, Path folder) throws IOException, InterruptedException {
      Optional<Path> node = Program.find("node");
      Optional<Path> npm = Program.find("npm");
      if (node.isEmpty() || npm.isEmpty() || major(node.get(), folder) < majorMin) {
        return new Missing(
            "it needs Node " + majorMin + " and npm, for example: apt-get install nodejs npm");
      }
      // Node looks for packages beside the script.
      Folders.copyFiles(sources.resolve("node"), folder);
      Optional<Missing> missing = install(npm.get(), folder);
      if (missing.isPresent()) {
        return missing.get();
      }
      return new Ready(List.of(node.get().toString()), folder, Map.of());
    }

    /** Installs what a folder's lock file names, unless that was done before. */
    private static Optional<Missing> install(Path npm, Path folder)
        throws IOException, InterruptedException {
      Path wanted = folder.resolve("package-lock.json");
      Path ready = folder.resolve("node_modules/installed-lock.json");
      if (!Files.exists(ready) || Files.mismatch(wanted, ready) >= 0) {
        var made =
            Program.run(
                folder,
                folder.resolve("install.log"),
                INSTALL_MAX,
                List.of(npm.toString(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"));
        if (!made.good()) {
          return Optional.of(
              new Missing(
                  "npm could not install it (" + made.problem() + "):\n" + made.lastLines()));
        }
        Files.copy(wanted, ready, StandardCopyOption.REPLACE_EXISTING);
      }
      return Optional.empty();
    }

    static int major(Path node, Path folder) throws IOException, InterruptedException {
      Path output = folder.resolve("node-version.txt");
      var asked =
          Program.run(
              folder,
              output,
              folder.resolve("node.log"),
              Duration.ofSeconds(30),
              List.of(node.toString(), "-p", "process.versions.node.split('.')[0]"));
      return asked.good() ? Integer.parseInt(Files.readString(output).strip()) : 0;
    }
  }

  /**
   * The Chromium of this computer, and packages of npm that a test in it needs.
   *
   * @param majorMin the oldest Node that the packages permit
   * @param packages folders of the checkout with the packages' lock files
   */
  record Browser(int majorMin, List<String> packages) implements Tool {
    private static final Path MAC_CHROME =
        Path.of("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome");

    @Override
    public Preparation prepare(Path sources, Path folder) throws IOException, InterruptedException {
      Optional<Path> node = Program.find("node");
      Optional<Path> npm = Program.find("npm");
      Optional<Path> chromium = chromium();
      if (chromium.isEmpty()
          || node.isEmpty()
          || npm.isEmpty()
          || Node.major(node.get(), folder) < majorMin) {
        return new Missing(
            "it needs Chromium, Node "
                + majorMin
                + " and npm, for example: apt-get install chromium nodejs npm");
      }
      for (String each : packages) {
        Path from = sources.resolve("../..").resolve(each).normalize();
        Path to = folder.resolve(from.getFileName());
        Folders.copySources(from, to);
        Optional<Missing> missing = Node.install(npm.get(), to);
        if (missing.isPresent()) {
          return missing.get();
        }
      }
      return new Ready(
          List.of(node.get().toString()),
          sources.resolve("node"),
          Map.of("chromium", chromium.get().toString()));
    }

    private static Optional<Path> chromium() {
      return Stream.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
          .flatMap(name -> Program.find(name).stream())
          .findFirst()
          .or(() -> Optional.of(MAC_CHROME).filter(Files::isExecutable));
    }
  }
}

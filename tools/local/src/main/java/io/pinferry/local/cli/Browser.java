package io.pinferry.local.cli;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Opens pages for a person. */
interface Browser {
  /** Opens a page; returns whether there is a browser. */
  boolean open(URI page);

  /** Returns the browser of this computer, through the system's own program. */
  static Browser ofSystem(Map<String, String> environment) {
    return page -> {
      boolean mac = System.getProperty("os.name", "").startsWith("Mac");
      if (!mac
          && !environment.containsKey("DISPLAY")
          && !environment.containsKey("WAYLAND_DISPLAY")) {
        return false;
      }
      String program = mac ? "open" : "xdg-open";
      for (String folder : environment.getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
        Path file = Path.of(folder, program);
        if (Files.isExecutable(file)) {
          return start(file, page);
        }
      }
      return false;
    };
  }

  private static boolean start(Path program, URI page) {
    try {
      new ProcessBuilder(program.toString(), page.toString())
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start();
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}

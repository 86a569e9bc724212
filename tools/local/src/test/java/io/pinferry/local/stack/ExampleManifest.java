package io.pinferry.local.stack;

import io.pinferry.local.RepositoryRoot;
import java.io.IOException;
import java.nio.file.Files;

/** The manifests of the examples, without reads that begin in the middle of a test. */
public final class ExampleManifest {
  private ExampleManifest() {}

  /** Returns the manifest of examples/amp.yaml. */
  public static String read() throws IOException {
    return unscheduled(Files.readString(RepositoryRoot.file("examples/amp.yaml")));
  }

  /** Returns a manifest whose schedules come on the 29th of February only. */
  static String unscheduled(String manifest) {
    return manifest.replaceAll("(?m)^( *schedule:).*$", "$1 \"0 0 29 2 *\"");
  }
}

package io.pinferry.local.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pinferry.local.api.CommandFailure;
import io.pinferry.local.api.Deployment;
import io.pinferry.local.api.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Deploys a manifest. */
@Command(
    name = "deploy",
    description = "Deploys the integrations of a manifest, and says what changed.",
    mixinStandardHelpOptions = true)
final class DeployCommand implements Callable<Integer> {
  @Mixin private TargetOptions options = new TargetOptions();

  @Parameters(paramLabel = "FILE", description = "The manifest, e.g. examples/amp.yaml.")
  private Path file = Path.of("amp.yaml");

  @Option(
      names = "--destructive",
      description = "Pause objects that the manifest no longer has, in all installations.")
  private boolean destructive;

  @Override
  public Integer call() {
    Deployment deployment = Deployment.of(options.doors(), manifest(), destructive);
    if (options.json()) {
      options.print(deployment.json());
    } else {
      options.print(deployment.changes());
      if (deployment.removes() && !destructive) {
        options
            .err()
            .println("Installations keep what was removed. --destructive pauses it there.");
      }
      if (!deployment.warnings().isEmpty()) {
        options.err().println("warning: " + deployment.warnings());
      }
    }
    return ExitCode.OK.number();
  }

  private String manifest() {
    Path yaml = Files.isDirectory(file) ? file.resolve("amp.yaml") : file;
    try {
      return new String(Files.readAllBytes(yaml), UTF_8);
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "cannot read " + yaml,
          "Name the manifest, for example examples/amp.yaml.");
    }
  }
}

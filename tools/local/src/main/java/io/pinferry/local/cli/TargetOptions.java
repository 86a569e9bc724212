package io.pinferry.local.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Json;
import io.pinferry.local.api.Doors;
import io.pinferry.local.api.Operations;
import io.pinferry.local.api.Target;
import io.pinferry.local.api.Transport;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options of every command that uses a running Pinferry, and how it gets there. */
final class TargetOptions {
  @Option(
      names = "--stack",
      paramLabel = "FILE",
      description = "The file that ./pinferry up --json wrote.")
  private @Nullable Path stack;

  @Option(
      names = "--profile",
      paramLabel = "NAME",
      description =
          "A profile of ~/.config/pinferry/profiles.json. Without it: PINFERRY_API, PINFERRY_READ"
              + " and PINFERRY_KEY of the environment, else the profile \"default\".")
  private @Nullable String profile;

  @Option(
      names = "--project",
      paramLabel = "ID|NAME",
      description = "The project. Default: the one of the key.")
  private @Nullable String project;

  @Option(names = "--json", description = "Print JSON for programs.")
  private boolean json;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  Target target() {
    return surroundings().targets().find(stack, profile, project);
  }

  Transport transport() {
    return surroundings().transport().get();
  }

  Doors doors() {
    return new Doors(target(), transport());
  }

  Operations operations(Doors doors) {
    return new Operations(doors, surroundings().tasks());
  }

  Surroundings surroundings() {
    CommandLine root = spec.root().commandLine();
    return root.<Main>getCommand().surroundings();
  }

  boolean json() {
    return json;
  }

  /** Returns where the result goes. */
  PrintWriter out() {
    return spec.commandLine().getOut();
  }

  /** Returns where hints go, so that a program can read the result. */
  PrintWriter err() {
    return spec.commandLine().getErr();
  }

  /** Tells how to see the next page of a list, if there is one. */
  void tellNextPage(JsonNode list) {
    JsonNode next = list.at("/pagination/nextPageToken");
    if (next.isTextual()) {
      err().println("More: the same with --page " + next.asText());
    }
  }

  void print(JsonNode tree) {
    out().println(Json.text(tree));
    out().flush();
  }

  void print(Iterable<String> lines) {
    lines.forEach(out()::println);
    out().flush();
  }
}

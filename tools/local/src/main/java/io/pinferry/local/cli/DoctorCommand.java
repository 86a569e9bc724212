package io.pinferry.local.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.local.api.CommandFailure;
import io.pinferry.local.api.Doctor;
import io.pinferry.local.api.ExitCode;
import io.pinferry.local.api.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Looks for misconfigurations. */
@Command(
    name = "doctor",
    description =
        "Looks for misconfigurations: addresses, key, clock, provider app, redirect URI, scopes,"
            + " connections, destinations. Says for each what to do. Changes nothing.",
    mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
  @Mixin private TargetOptions options = new TargetOptions();

  @Override
  public Integer call() {
    List<Finding> findings = findings();
    long problems = findings.stream().filter(one -> one.level() == Finding.Level.PROBLEM).count();
    long warnings = findings.stream().filter(one -> one.level() == Finding.Level.WARNING).count();
    if (options.json()) {
      ObjectNode all = Json.object().put("problems", problems).put("warnings", warnings);
      findings.forEach(one -> all.withArray("findings").add(one.json()));
      options.print(all);
    } else {
      findings.forEach(one -> options.print(lines(one)));
      options.print(
          List.of(
              "",
              problems == 0 && warnings == 0
                  ? "All is well."
                  : "Problems: %d, warnings: %d.".formatted(problems, warnings)));
    }
    return (problems == 0 ? ExitCode.OK : ExitCode.NOT_WELL).number();
  }

  private List<Finding> findings() {
    try {
      return new Doctor(options.transport(), options.surroundings().tasks())
          .examine(options.target());
    } catch (CommandFailure e) {
      return List.of(
          new Finding(
              Finding.Level.PROBLEM,
              "target",
              String.valueOf(e.getMessage()),
              e.remedy().orElse("See docs/cli.md#where-to.")));
    }
  }

  private static List<String> lines(Finding finding) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%-7s  %s: %s"
            .formatted(
                finding.level().name().toLowerCase(Locale.ROOT),
                finding.subject(),
                finding.text()));
    if (finding.remedy() != null) {
      lines.add("         " + finding.remedy());
    }
    return lines;
  }
}

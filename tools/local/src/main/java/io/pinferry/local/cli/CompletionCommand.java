package io.pinferry.local.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints the completion of commands and options for a shell. */
@Command(
    name = "completion",
    description =
        "Prints the completion for bash and zsh. Use it with: source <(./pinferry completion)",
    mixinStandardHelpOptions = true)
final class CompletionCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    spec.commandLine().getOut().print(AutoComplete.bash("pinferry", spec.root().commandLine()));
    spec.commandLine().getOut().flush();
    return 0;
  }
}

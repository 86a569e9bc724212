package io.pinferry.local.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.local.stack.LocalStack;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs everything on this computer until it is interrupted. */
@Command(
    name = "up",
    description =
        "Runs Pinferry and a simulated Pinterest on this computer until interrupted (Ctrl-C).",
    mixinStandardHelpOptions = true)
final class UpCommand implements Callable<Integer> {
  @Mixin private StackOptions options = new StackOptions();

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write the addresses and the API key to this file when everything is ready.")
  private @Nullable Path json;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = java.util.Objects.requireNonNull(spec).commandLine().getOut();
    LocalStack stack = LocalStack.start(Stacks.settings(options, true));
    Runtime.getRuntime().addShutdownHook(new Thread(stack::close));
    print(stack, out);
    if (json != null) {
      write(stack, json);
    }
    // Until the process is interrupted, when the hook closes the stack.
    new CountDownLatch(1).await();
    return 0;
  }

  private static void print(LocalStack stack, PrintWriter out) {
    out.println("Pinferry is up.");
    out.println();
    out.println("  api        " + stack.api());
    out.println("  read       " + stack.read());
    out.println("  write      " + stack.write());
    out.println("  proxy      " + stack.proxy());
    out.println("  pinterest  " + stack.pinterest());
    out.println("  project    " + stack.project());
    out.println("  API key    " + stack.apiKey());
    out.println("  logs       " + stack.logFile());
    out.println();
    out.println("Try:");
    out.println(
        "  curl -H 'X-Api-Key: "
            + stack.apiKey()
            + "' "
            + stack.api()
            + "/v1/projects/"
            + stack.project());
    out.println();
    out.println("Ctrl-C stops it.");
    out.flush();
  }

  private static void write(LocalStack stack, Path file) throws java.io.IOException {
    ObjectNode addresses = Json.object();
    addresses.put("api", stack.api().toString());
    addresses.put("read", stack.read().toString());
    addresses.put("write", stack.write().toString());
    addresses.put("proxy", stack.proxy().toString());
    addresses.put("pinterest", stack.pinterest().toString());
    addresses.put("project", stack.project());
    addresses.put("apiKey", stack.apiKey());
    Path whole = file.toAbsolutePath();
    Path part = whole.resolveSibling(whole.getFileName() + ".part");
    // A reader that waits for the file must never see half of it.
    Files.write(part, Json.bytes(addresses));
    Files.move(
        part,
        whole,
        java.nio.file.StandardCopyOption.ATOMIC_MOVE,
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
  }
}

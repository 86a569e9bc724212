package io.pinferry.local.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.local.demo.Product;
import io.pinferry.local.demo.WebhookReceiver;
import io.pinferry.local.stack.LocalPorts;
import io.pinferry.local.stack.LocalStack;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
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
      names = "--upstream",
      paramLabel = "URL",
      description =
          "Another Pinterest instead of the simulator, e.g. https://api.pinterest.com. Register"
              + " your app's id and secret as a provider app then.")
  private @Nullable URI upstream;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Keep everything in this folder, to go on after a restart. Default: in memory.")
  private @Nullable Path data;

  @Option(
      names = "--port",
      paramLabel = "N",
      description =
          "The port of the api door; read, write, proxy, the simulated Pinterest and the receiver"
              + " take the next five. Default: 8080, or any free one where that is taken.")
  private @Nullable Integer port;

  @Option(
      names = "--public-url",
      paramLabel = "URL",
      description =
          "The https address at which others reach the api door, of a tunnel for example. Pinterest"
              + " sends customers back to it.")
  private @Nullable URI publicUrl;

  @Option(
      names = "--no-receiver",
      description = "Start no webhook receiver, and register no destination.")
  private boolean noReceiver;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write the addresses and the API key to this file when everything is ready.")
  private @Nullable Path json;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    upstream = Checks.address("--upstream", upstream);
    publicUrl = Checks.publicUrl("--public-url", publicUrl);
    Checks.newFile("--json", json);
    Checks.folder("--data", data);
    LocalPorts ports = port == null ? new LocalPorts.Usual() : new LocalPorts.From(port);
    LocalStack stack =
        Stacks.start(
            options, Stacks.settings(options, upstream, data, ports, publicUrl).withReplays());
    Runtime.getRuntime().addShutdownHook(new Thread(stack::close));
    URI receiver = noReceiver ? null : receiver(stack, out);
    print(stack, receiver, out);
    if (json != null) {
      write(stack, receiver, json);
    }
    // Until the process is interrupted, when the hook closes the stack.
    new CountDownLatch(1).await();
    return 0;
  }

  /** Starts a receiver, and registers it as a destination, unless the project has that already. */
  private static URI receiver(LocalStack stack, PrintWriter out)
      throws IOException, InterruptedException {
    WebhookReceiver receiver =
        WebhookReceiver.start(stack.receiverPort(), new PrintedMessages(out));
    stack.keepReceiverPort(receiver.url().getPort());
    new Product(stack.api(), stack.project(), stack.apiKey(), stack.pinterest()).register(receiver);
    return receiver.url();
  }

  private void print(LocalStack stack, @Nullable URI receiver, PrintWriter out) {
    out.println("Pinferry is up.");
    out.println();
    out.println("  api        " + stack.api());
    out.println("  console    " + stack.api() + "/console");
    out.println("  read       " + stack.read());
    out.println("  write      " + stack.write());
    out.println("  proxy      " + stack.proxy());
    out.println("  pinterest  " + stack.pinterest());
    out.println("  callback   " + stack.callback());
    out.println("  project    " + stack.project());
    out.println("  API key    " + stack.apiKey());
    if (receiver != null) {
      out.println("  receiver   " + receiver + " (destination " + Product.DESTINATION + ")");
    }
    out.println("  logs       " + stack.logFile());
    out.println();
    if (port == null && stack.api().getPort() != LocalPorts.FIRST) {
      out.println(
          "Port "
              + LocalPorts.FIRST
              + " was taken or the data directory has others. --port N chooses the ports.");
      out.println();
    }
    out.println("Next, in another terminal:");
    out.println(
        "  curl -s -H 'X-Api-Key: "
            + stack.apiKey()
            + "' "
            + stack.api()
            + "/v1/projects/"
            + stack.project());
    if (json != null) {
      out.println("  ./pinferry doctor --stack " + json);
    }
    out.println("  docs/getting-started.md: deploy, connect and install; records are shown here");
    if (upstream != null) {
      out.println(
          "  docs/getting-started.md#your-own-pinterest-app: register the app, with the callback"
              + " above");
    }
    out.println();
    out.println("Ctrl-C stops it.");
    out.flush();
  }

  private static void write(LocalStack stack, @Nullable URI receiver, Path file)
      throws IOException {
    ObjectNode addresses = Json.object();
    addresses.put("api", stack.api().toString());
    addresses.put("read", stack.read().toString());
    addresses.put("write", stack.write().toString());
    addresses.put("proxy", stack.proxy().toString());
    addresses.put("pinterest", stack.pinterest().toString());
    addresses.put("callback", stack.callback().toString());
    addresses.put("project", stack.project());
    addresses.put("apiKey", stack.apiKey());
    if (receiver != null) {
      addresses.put("receiver", receiver.toString());
    }
    Path whole = file.toAbsolutePath();
    Path part = whole.resolveSibling(whole.getFileName() + ".part");
    try {
      // It holds the key, so nobody else may read it, whatever the umask is.
      Files.deleteIfExists(part);
      Files.createFile(part, ownerOnly(whole));
      // A reader that waits for the file must never see half of it.
      Files.write(part, Json.bytes(addresses));
      Files.move(part, whole, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      // It holds the key.
      Files.deleteIfExists(part);
    }
  }

  private static FileAttribute<?>[] ownerOnly(Path file) {
    return file.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }
}

package io.pinferry.local.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.local.RepositoryRoot;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The run itself needs the network, so that this only tests its frame. */
final class ClientRunTest {
  private static final Path SCRIPTS = RepositoryRoot.file("tools/clients");

  @TempDir private Path work;

  @Test
  void aClientWithoutItsToolIsSkippedLoudly() throws Exception {
    var client =
        new PublishedClient(
            "sdk",
            new Tool.Python("pinterest-sdk", 99, 99),
            "pinterest_sdk.py",
            1,
            1,
            UnaryOperator.identity(),
            List.of());
    var out = new ByteArrayOutputStream();

    boolean good =
        new ClientRun(
                List.of(client), RepositoryRoot.find(), work, new PrintStream(out, true, UTF_8))
            .run(List.of("sdk"));

    assertThat(good).isTrue();
    assertThat(out.toString(UTF_8))
        .contains("SKIPPED: it needs Python 3.99 to 3.99", "apt-get install python3-venv")
        .endsWith("clients: 0 passed, 0 failed, 1 skipped\n");
  }

  @Test
  void everyClientHasItsScriptAndPinnedPackages() {
    assertThat(PublishedClient.ALL)
        .allSatisfy(
            client -> {
              switch (client.tool()) {
                case Tool.Python python -> {
                  Path folder = SCRIPTS.resolve("python");
                  assertThat(folder.resolve(client.script())).exists();
                  // pip refuses a package that has another content than the one that was tried.
                  assertThat(
                          Files.readString(folder.resolve(python.requirements() + ".txt"))
                              .replaceAll("(?m)^#.*\\n", "")
                              .replace("\\\n", "")
                              .lines())
                      .isNotEmpty()
                      .allMatch(
                          line ->
                              line.matches(
                                  "[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.]*"
                                      + "(\\s+--hash=sha256:[0-9a-f]{64})+\\s*"));
                }
                case Tool.Node _ -> assertThat(SCRIPTS.resolve("node/" + client.script())).exists();
                case Tool.Browser browser -> {
                  assertThat(SCRIPTS.resolve("node/" + client.script())).exists();
                  assertThat(browser.packages())
                      .allSatisfy(
                          each ->
                              assertThat(RepositoryRoot.file(each).resolve("package-lock.json"))
                                  .content()
                                  .contains("\"integrity\": \"sha512-"));
                }
              }
            });
  }
}

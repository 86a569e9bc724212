package io.pinferry.local.samples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pinferry.base.Patience;
import io.pinferry.base.Secret;
import io.pinferry.delivery.WebhookSignature;
import io.pinferry.local.RepositoryRoot;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the samples of docs/webhooks.md that check a signature, each in its language. */
final class WebhookSamplesProcessTest {
  private static final Secret OLD = new Secret("whsec_" + "OldKey+/".repeat(4));
  private static final Secret NEW = new Secret("whsec_" + "NewKey12".repeat(4));
  private static final String BODY = "{\"action\":\"read\",\"name\":\"Lämpchen 💡\"}";
  private static final String ABSENT = "-";

  @TempDir private Path folder;

  /** A message, and whether a receiver with the key has to accept it. */
  private record Case(String what, String line, boolean good) {}

  private static Case given(String what, boolean good, Secret key, String body, String... headers) {
    String encoded = Base64.getEncoder().encodeToString(body.getBytes(UTF_8));
    return new Case(
        what, String.join("\t", key.value(), encoded, String.join("\t", headers)), good);
  }

  private static String[] headers(Instant at, Secret... keys) {
    Map<String, String> signed =
        WebhookSignature.headers("msg_1", at, BODY.getBytes(UTF_8), List.of(keys));
    return new String[] {
      "msg_1",
      Objects.requireNonNull(signed.get("webhook-timestamp")),
      Objects.requireNonNull(signed.get("webhook-signature"))
    };
  }

  private static List<Case> cases() {
    Instant now = Clock.systemUTC().instant();
    String[] valid = headers(now, OLD);
    String old = headers(now.minus(Duration.ofMinutes(6)), OLD)[2];
    List<Case> cases = new ArrayList<>();
    cases.add(given("a valid message", true, OLD, BODY, valid));
    cases.add(
        given("4 minutes old", true, OLD, BODY, headers(now.minus(Duration.ofMinutes(4)), OLD)));
    cases.add(given("rotated, with the old key", true, OLD, BODY, headers(now, NEW, OLD)));
    cases.add(given("rotated, with the new key", true, NEW, BODY, headers(now, NEW, OLD)));
    cases.add(given("another key", false, NEW, BODY, valid));
    cases.add(given("another body", false, OLD, BODY.replace("read", "reed"), valid));
    cases.add(given("a shorter body", false, OLD, BODY.substring(1), valid));
    cases.add(given("another id", false, OLD, BODY, "msg_2", valid[1], valid[2]));
    cases.add(
        given("6 minutes old", false, OLD, BODY, headers(now.minus(Duration.ofMinutes(6)), OLD)));
    cases.add(
        given("from the future", false, OLD, BODY, headers(now.plus(Duration.ofMinutes(7)), OLD)));
    cases.add(given("old, with a new time", false, OLD, BODY, "msg_1", valid[1], old));
    cases.add(given("no signature", false, OLD, BODY, "msg_1", valid[1], ABSENT));
    cases.add(given("no time", false, OLD, BODY, "msg_1", ABSENT, valid[2]));
    cases.add(given("no headers", false, OLD, BODY, ABSENT, ABSENT, ABSENT));
    cases.add(given("a time in words", false, OLD, BODY, "msg_1", "now", valid[2]));
    cases.add(
        given(
            "another version", false, OLD, BODY, "msg_1", valid[1], "v2" + valid[2].substring(2)));
    cases.add(
        given("half a signature", false, OLD, BODY, "msg_1", valid[1], valid[2].substring(0, 9)));
    return cases;
  }

  /** Returns the only block of code in a language. */
  private static String sample(String language) throws IOException {
    String page = Files.readString(RepositoryRoot.file("docs/webhooks.md"));
    Matcher block =
        Pattern.compile("^```" + language + "\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL)
            .matcher(page);
    assertThat(block.find()).as("a block of " + language).isTrue();
    return block.group(1);
  }

  private void write(String file, String content) throws IOException {
    Path path = folder.resolve(file);
    Files.createDirectories(Objects.requireNonNull(path.getParent()));
    Files.writeString(path, content);
  }

  private static String driver(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            WebhookSamplesProcessTest.class.getResourceAsStream(
                "/io/pinferry/local/samples/" + name))) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  private static void needs(String tool) throws IOException, InterruptedException {
    boolean there =
        new ProcessBuilder("sh", "-c", tool + " > /dev/null 2>&1").start().waitFor() == 0;
    assumeTrue(there, "skipped, since this computer has no working: " + tool);
  }

  private void check(String... command) throws IOException, InterruptedException {
    List<Case> cases = cases();
    write("cases.txt", String.join("\n", cases.stream().map(Case::line).toList()) + "\n");
    Path output = folder.resolve("output.txt");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectInput(folder.resolve("cases.txt").toFile())
            .redirectOutput(output.toFile())
            .redirectError(folder.resolve("errors.txt").toFile())
            .start();
    try {
      assertThat(process.waitFor(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue())
        .as(new String(Files.readAllBytes(folder.resolve("errors.txt")), UTF_8))
        .isZero();
    List<String> answers = Files.readAllLines(output);
    assertThat(answers).hasSameSizeAs(cases);
    for (int i = 0; i < cases.size(); i++) {
      assertThat(answers.get(i)).as(cases.get(i).what()).isEqualTo("" + cases.get(i).good());
    }
  }

  @Test
  void theSampleForNodeTakesOnlyValidMessages() throws Exception {
    needs("node --version");
    write("webhook.mjs", sample("js"));
    write("driver.mjs", driver("driver.mjs"));

    check("node", "driver.mjs");
  }

  @Test
  void theSampleForPythonTakesOnlyValidMessages() throws Exception {
    needs("python3 -c 'import sys; sys.exit(sys.version_info < (3, 9))'");
    write("webhook.py", sample("python"));
    write("driver.py", driver("driver.py"));

    check("python3", "driver.py");
  }

  @Test
  void theSampleForJavaTakesOnlyValidMessages() throws Exception {
    write("Webhook.java", sample("java"));
    write("Driver.java", driver("Driver.java.txt"));

    check(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "Driver.java");
  }

  @Test
  void theSampleForGoTakesOnlyValidMessages() throws Exception {
    needs("go version");
    write("go.mod", "module samples\n\ngo 1.20\n");
    write("webhook/webhook.go", sample("go"));
    write("main.go", driver("driver.go.txt"));

    check("env", "GOTOOLCHAIN=local", "GOFLAGS=-mod=mod", "GOPROXY=off", "go", "run", ".");
  }
}

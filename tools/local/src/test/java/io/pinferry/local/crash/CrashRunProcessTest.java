package io.pinferry.local.crash;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.local.RepositoryRoot;
import io.pinferry.local.stack.ExampleManifest;
import io.pinferry.local.stack.LocalStack;
import io.pinferry.local.stack.LocalStackSettings;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A few real kills; {@code ./pinferry crash} does many. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "Lambda's runtime client runs on Linux only")
final class CrashRunProcessTest {
  private static final Path HOME = RepositoryRoot.find();

  @Test
  void killedProcessesLoseNothing() throws Exception {
    var output = new ByteArrayOutputStream();
    var settings = new LocalStackSettings(HOME, 1_500, null, 1L, null, null).inProcesses();
    try (LocalStack stack = LocalStack.start(settings)) {
      CrashReport report =
          new CrashRun(stack, new SplittableRandom(3), new PrintStream(output, true, UTF_8))
              .run(3, ExampleManifest.read());

      assertThat(report.kills()).as(output.toString(UTF_8)).isEqualTo(3);
      assertThat(report.operations()).isGreaterThanOrEqualTo(4);
      assertThat(report.unsuccessful()).isEmpty();
      assertThat(report.missing()).isZero();
      assertThat(report.endedTwice()).isZero();
      assertThat(report.ok()).isTrue();
    }
  }
}

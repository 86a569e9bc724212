package io.pinferry.local.cloud;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

/** The log of the functions. */
class FunctionLogTest {
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private boolean full;

  private final FunctionLog log =
      new FunctionLog(
          new OutputStream() {
            @Override
            public void write(int value) throws IOException {
              if (full) {
                throw new IOException("No space left on device");
              }
              written.write(value);
            }
          },
          InstantSource.system());

  @Test
  void aLineThatCannotBeWrittenCostsNothingAndIsCounted() {
    full = true;
    assertThatCode(() -> log.write("one\n".getBytes(UTF_8))).doesNotThrowAnyException();
    assertThatCode(() -> log.event("ERROR", "Function", "two", "id")).doesNotThrowAnyException();

    full = false;
    log.write("three\n".getBytes(UTF_8));
    log.write("four\n".getBytes(UTF_8));

    assertThat(written.toString(UTF_8).lines())
        .hasSize(3)
        .first()
        .asString()
        .contains("2 writes to this log were lost");
    assertThat(written.toString(UTF_8)).endsWith("three\nfour\n");
  }
}

package io.pinferry.pinterest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.base.Secret;
import io.pinferry.net.HttpAnswer;
import io.pinferry.pinterest.PinterestWrites.Outcome;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class PinterestWritesTest {
  private static final Clock CLOCK = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);

  @Test
  void aPageOfWhatStandsInBetweenDoesNotSayThatThereAreNoLimits() {
    Outcome outcome = sent("<html>");

    assertThat(outcome).isInstanceOf(Outcome.Unknown.class);
    assertThat(outcome.windows()).isEmpty();
    assertThat(sent("{\"id\":\"1\"}").windows()).isNotEmpty();
  }

  private static Outcome sent(String answered) {
    var writes =
        new PinterestWrites(
            call -> new HttpAnswer(200, Map.of(), answered.getBytes(UTF_8), false),
            URI.create("https://pinterest.invalid"),
            CLOCK);
    return writes.send("POST", "/v5/pins", null, new Secret("t"), Duration.ofSeconds(1));
  }
}

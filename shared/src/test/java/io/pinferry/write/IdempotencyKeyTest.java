package io.pinferry.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pinferry.write.WriteWorld.Answer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The same request with the same key is carried out once. */
final class IdempotencyKeyTest {
  private static final String PIN =
      "{\"groupRef\":\"org_7\",\"type\":\"create\",\"record\":{\"board_id\":\"1\",\"media_source\":"
          + "{\"source_type\":\"image_url\",\"url\":\"https://img.example/1.jpg\"}}}";
  private static final String BATCH =
      "{\"groupRef\":\"org_7\",\"type\":\"delete\",\"batch\":[{\"record\":{\"id\":\"1\"}},"
          + "{\"record\":{\"id\":\"x\"}}]}";

  private final WriteWorld world = new WriteWorld();

  @Test
  void aRepetitionIsAnsweredAsTheFirstTime() {
    world.next(201, "{\"id\":\"9\",\"title\":\"T\"}").next(204, "");

    Answer one = world.post("pins", PIN, "key 1");
    Answer batch = world.post("pins", BATCH, "key 2");

    assertThat(one.status()).isEqualTo(200);
    assertThat(world.post("pins", PIN, "key 1")).isEqualTo(one);
    assertThat(batch.json().path("successCount").asInt()).isEqualTo(1);
    assertThat(batch.json().at("/errors/0/outcome").asText()).isEqualTo("refused");
    assertThat(world.post("pins", BATCH, "key 2")).isEqualTo(batch);
    assertThat(world.calls).hasSize(2);
  }

  @Test
  void aRefusalIsRepeatedToo() {
    world.next(400, "{\"code\":1,\"message\":\"No.\"}");

    Answer first = world.post("pins", PIN, "key 1");

    assertThat(first.status()).isEqualTo(422);
    assertThat(world.post("pins", PIN, "key 1")).isEqualTo(first);
  }

  @Test
  void aKeyStandsForOneRequest() {
    world.next(201, "{\"id\":\"9\"}");
    world.post("pins", PIN, "key 1");

    Answer otherBody = world.post("pins", PIN.replace("1.jpg", "2.jpg"), "key 1");
    Answer otherObject = world.post("boards", PIN, "key 1");

    assertThat(otherBody.status()).isEqualTo(400);
    assertThat(otherBody.text()).contains("idempotency-key", "another request");
    assertThat(otherObject.status()).isEqualTo(400);
    assertThat(world.calls).hasSize(1);
  }

  @Test
  void aKeyIsForgottenAfterADay() {
    world.next(201, "{\"id\":\"9\"}").next(201, "{\"id\":\"10\"}");
    world.post("pins", PIN, "key 1");
    world.clock.advance(Duration.ofHours(24).plusSeconds(1));

    Answer answer = world.post("pins", PIN, "key 1");

    assertThat(answer.json().path("result").path("recordId").asText()).isEqualTo("10");
  }

  @Test
  void anAsynchronousWriteIsOneOperation() {
    String later = PIN.replace("\"type\"", "\"mode\":\"asynchronous\",\"type\"");

    Answer first = world.post("pins", later, "key 1");
    Answer second = world.post("pins", later, "key 1");
    world.next(201, "{\"id\":\"9\"}");
    world.work();

    assertThat(second).isEqualTo(first);
    assertThat(world.calls).hasSize(1);
    assertThat(world.post("pins", later, "key 1")).isEqualTo(first);
  }

  @Test
  void aRequestThatWasInterruptedIsNotCarriedOutAgain() {
    world.next(
        call -> {
          throw new StackOverflowError("killed");
        });
    assertThatThrownBy(() -> world.post("pins", PIN, "key 1"))
        .isInstanceOf(StackOverflowError.class);

    assertThat(world.post("pins", PIN, "key 1").status()).as("still running").isEqualTo(409);
    world.clock.advance(Duration.ofMinutes(3));
    world.fireTimers();
    Answer answer = world.post("pins", PIN, "key 1");

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.text()).contains("outcome unknown");
    assertThat(world.calls).hasSize(1);
  }

  @Test
  void anUnusableKeyIsRefused() {
    assertThat(world.post("pins", PIN, "k".repeat(256)).text()).contains("idempotency-key");
    assertThat(world.calls).isEmpty();
  }
}

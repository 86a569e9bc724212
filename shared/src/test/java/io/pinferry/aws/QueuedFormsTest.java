package io.pinferry.aws;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Codec;
import io.pinferry.base.Json;
import io.pinferry.delivery.DeliveryMessage;
import io.pinferry.operation.OperationId;
import io.pinferry.read.PartitionKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Reads each queued message in the form in which it waits while a new version is deployed. When a
 * form changes, the old one stays in {@code queued-messages.json}, marked as old, and the new one
 * is added.
 */
final class QueuedFormsTest {
  private static final Path FILE = Path.of("src/test/resources/queued-messages.json");
  private static final Path SOURCES = Path.of("src/main/java/io/pinferry/aws");

  /** Reads a body, and writes it as it is sent today. */
  interface Reader {
    /** The meaning of a body, and the body of a message with this meaning. */
    record Reading(Object value, String body) {}

    Reading read(String body) throws IOException;
  }

  private static final Map<String, Reader> READERS =
      Map.of(
          "SqsReadQueue",
          body -> {
            PartitionKey key = SqsReadQueue.partitionOf(body);
            return new Reader.Reading(key.operation() + "/" + key.partition(), Codec.text(key));
          },
          "SqsWriteQueue",
          body -> {
            OperationId id = SqsWriteQueue.operationOf(body);
            return new Reader.Reading(
                id.value(), Json.text(Json.object().put("operation", id.value())));
          },
          "SqsDeliveryQueue",
          body -> {
            DeliveryMessage message = SqsDeliveryQueue.messageOf(body);
            String content =
                "%s of %s for %s after %s: %s"
                    .formatted(
                        message.id(),
                        message.project(),
                        message.destination(),
                        message.attempts(),
                        new String(message.body(), UTF_8));
            return new Reader.Reading(content, new String(message.toJson(), UTF_8));
          });

  /** A form of the file. */
  record Form(JsonNode json) {
    String queue() {
      return json.path("queue").asText();
    }

    /** Names the form in reports. */
    @Override
    public String toString() {
      return queue() + ": " + json.path("form").asText();
    }

    SqsBatch.Message message() throws IOException {
      ObjectNode event = Json.object();
      event.putArray("Records").add(json.path("message"));
      return SqsBatch.read(new ByteArrayInputStream(Json.bytes(event))).messages().getFirst();
    }

    Reader.Reading reading() throws IOException {
      return Optional.ofNullable(READERS.get(queue())).orElseThrow().read(message().body());
    }
  }

  static List<Form> forms() throws IOException {
    List<Form> forms = new ArrayList<>();
    Json.parse(Files.readAllBytes(FILE)).forEach(json -> forms.add(new Form(json)));
    return forms;
  }

  @ParameterizedTest
  @MethodSource("forms")
  void eachFormIsStillRead(Form form) throws IOException {
    SqsBatch.Message message = form.message();
    Reader.Reading reading = form.reading();

    assertThat(reading.value()).isEqualTo(form.json().path("read").asText());
    assertThat(message.correlationId()).isEqualTo(form.json().path("correlation").asText());
    if (!form.json().path("old").asBoolean()) {
      // Compressed bytes depend on the Java version, their content does not.
      assertThat(reading.body()).isEqualTo(new String(QueueBody.decode(message.body()), UTF_8));
    }
  }

  @Test
  void eachQueueAndEachContentHasAForm() throws IOException {
    Set<String> queues = new TreeSet<>();
    try (Stream<Path> files = Files.list(SOURCES)) {
      files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.matches("Sqs\\w+Queue\\.java"))
          .forEach(name -> queues.add(name.replace(".java", "")));
    }
    Set<String> contents = new TreeSet<>();
    for (Class<?> content : DeliveryMessage.Content.class.getPermittedSubclasses()) {
      contents.add(content.getSimpleName());
    }

    Set<String> knownQueues = new TreeSet<>();
    Set<String> knownContents = new TreeSet<>();
    boolean packed = false;
    for (Form form : forms()) {
      knownQueues.add(form.queue());
      String body = form.message().body();
      packed |= !body.startsWith("{");
      if (form.queue().equals("SqsDeliveryQueue")) {
        knownContents.add(SqsDeliveryQueue.messageOf(body).content().getClass().getSimpleName());
      }
    }

    assertThat(knownQueues).isEqualTo(queues);
    assertThat(knownContents).isEqualTo(contents);
    assertThat(packed).as("a compressed body").isTrue();
  }
}

package io.pinferry.local.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

class LocalSqsComponentTest {

  private static LocalSqs start(Path directory) {
    return LocalSqs.start(EmbeddedParts.REGION, EmbeddedParts.ACCOUNT, directory);
  }

  @Test
  void aKilledServerLosesNoAcceptedMessage(@TempDir Path directory) throws Exception {
    List<String> accepted = KilledProcess.runUntil(Sender.class, directory, "message 200");

    try (var server = start(directory);
        var sqs = EmbeddedParts.sqs(server.endpoint())) {
      String url = sqs.getQueueUrl(request -> request.queueName("kept")).queueUrl();
      List<String> received = drain(sqs, url);

      assertThat(accepted).hasSizeGreaterThanOrEqualTo(201);
      assertThat(received).containsAll(accepted.subList(1, accepted.size()));
      assertThat(received).doesNotHaveDuplicates();
      assertThat(
              sqs.getQueueAttributes(
                      request ->
                          request
                              .queueUrl(url)
                              .attributeNames(QueueAttributeName.VISIBILITY_TIMEOUT))
                  .attributes())
          .containsEntry(QueueAttributeName.VISIBILITY_TIMEOUT, "7777");
    }
  }

  /** Prints each message once the queue has accepted it; runs until it is killed. */
  static final class Sender {
    public static void main(String[] arguments) {
      PrintStream out = System.out;
      var server = start(Path.of(arguments[0]));
      var sqs = EmbeddedParts.sqs(server.endpoint());
      String url =
          sqs.createQueue(
                  request ->
                      request
                          .queueName("kept")
                          .attributes(Map.of(QueueAttributeName.VISIBILITY_TIMEOUT, "7777")))
              .queueUrl();
      out.println("ready");
      for (int i = 1; i <= 100_000; i++) {
        String body = "message " + i;
        sqs.sendMessage(request -> request.queueUrl(url).messageBody(body));
        out.println(body);
      }
    }
  }

  @Test
  void aStartGivesOutAgainWhatWasInFlightAndNothingElse(@TempDir Path directory) {
    String deleted;
    try (var server = start(directory);
        var sqs = EmbeddedParts.sqs(server.endpoint())) {
      String url = sqs.createQueue(request -> request.queueName("kept")).queueUrl();
      for (String body : List.of("one", "two", "three")) {
        sqs.sendMessage(request -> request.queueUrl(url).messageBody(body));
      }
      sqs.sendMessage(request -> request.queueUrl(url).messageBody("delayed").delaySeconds(900));
      Message first = receive(sqs, url, 1).getFirst();
      deleted = first.body();
      sqs.deleteMessage(request -> request.queueUrl(url).receiptHandle(first.receiptHandle()));
      assertThat(receive(sqs, url, 1)).hasSize(1);
    }
    try (var server = start(directory);
        var sqs = EmbeddedParts.sqs(server.endpoint())) {
      String url = sqs.getQueueUrl(request -> request.queueName("kept")).queueUrl();

      assertThat(drain(sqs, url)).hasSize(2).doesNotContain(deleted, "delayed");
    }
  }

  @Test
  void twoDirectoriesInOneProcessAreRefused(@TempDir Path one, @TempDir Path two) {
    try (var server = start(one)) {
      assertThat(server.endpoint().getHost()).isEqualTo("127.0.0.1");
      assertThatThrownBy(() -> start(two))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("stop it first");
    }
    start(two).close();
  }

  private static List<String> drain(SqsClient sqs, String url) {
    var bodies = new ArrayList<String>();
    for (List<Message> batch = receive(sqs, url, 10);
        !batch.isEmpty();
        batch = receive(sqs, url, 10)) {
      batch.forEach(message -> bodies.add(message.body()));
    }
    return bodies;
  }

  private static List<Message> receive(SqsClient sqs, String url, int count) {
    return sqs.receiveMessage(
            request -> request.queueUrl(url).maxNumberOfMessages(count).waitTimeSeconds(0))
        .messages();
  }
}

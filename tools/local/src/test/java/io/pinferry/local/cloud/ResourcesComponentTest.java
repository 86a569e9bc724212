package io.pinferry.local.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.pinferry.local.loopback.Loopback;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.SqsException;

final class ResourcesComponentTest {
  private final List<Stack.Queue> queues =
      List.of(new Stack.Queue("ReadQueue", EmbeddedParts.unique("read"), "arn", Map.of()));

  @Test
  void theAccountIsThatOfTheQueues() {
    assertThat(Resources.account(EmbeddedParts.sqs(), queues)).isEqualTo(EmbeddedParts.ACCOUNT);
  }

  @Test
  void aServerThatIsNoQueueServiceIsAFailureOfTheService() {
    HttpServer server = Loopback.bind(0);
    server.start();
    try (SqsClient sqs = EmbeddedParts.sqs(Loopback.uri(server.getAddress().getPort()))) {
      assertThatThrownBy(() -> Resources.account(sqs, queues)).isInstanceOf(SqsException.class);
    } finally {
      server.stop(0);
    }
  }
}

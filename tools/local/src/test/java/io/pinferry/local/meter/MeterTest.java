package io.pinferry.local.meter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.pinferry.base.Json;
import io.pinferry.local.RepositoryRoot;
import io.pinferry.local.cloud.Stack;
import io.pinferry.local.cloud.Template;
import io.pinferry.local.meter.ServiceCall.Service;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Everything that functions use of AWS is counted as AWS bills it, or the count says what not. */
final class MeterTest {
  private final Prices prices = Prices.load();
  private final Meter meter = new Meter(prices);

  private void called(Service service, String operation, String request, int bytes, String answer) {
    meter.called(
        new ServiceCall(
            "SyncFunction",
            service,
            operation,
            Json.trusted(request),
            bytes,
            Json.trusted(answer)));
  }

  private Map<Item, Double> units() {
    return meter.take().getOrDefault("SyncFunction", Usage.NONE).units();
  }

  @Test
  void everyItemHasAPrice() {
    assertThat(prices.dollars()).containsOnlyKeys(Item.values());
    assertThat(prices.calls()).containsOnlyKeys(Service.values());
  }

  @Test
  void dynamoDbSaysWhatACallConsumedAndATransactionCostsTwice() {
    called(
        Service.DYNAMODB, "UpdateItem", "{}", 10, "{\"ConsumedCapacity\":{\"CapacityUnits\":3.0}}");
    called(
        Service.DYNAMODB,
        "TransactWriteItems",
        "{\"TransactItems\":[{},{}]}",
        10,
        "{\"ConsumedCapacity\":[{\"CapacityUnits\":2.0},{\"CapacityUnits\":4.0}]}");
    called(Service.DYNAMODB, "Query", "{}", 10, "{\"ConsumedCapacity\":{\"CapacityUnits\":0.5}}");

    assertThat(units())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(Item.DYNAMO_DB_WRITE_UNIT, 15.0, Item.DYNAMO_DB_READ_UNIT, 0.5));
  }

  @Test
  void aRefusedWriteIsBilled() {
    called(Service.DYNAMODB, "PutItem", "{}", 10, "{\"__type\":\"ConditionalCheckFailed\"}");
    called(
        Service.DYNAMODB,
        "TransactWriteItems",
        "{\"TransactItems\":[{},{},{}]}",
        10,
        "{\"__type\":\"TransactionCanceledException\"}");

    assertThat(units()).containsEntry(Item.DYNAMO_DB_WRITE_UNIT, 7.0);
  }

  @Test
  void eachStarted64KibibytesToSqsAreARequestAndAGroupCostsMore() {
    called(Service.SQS, "SendMessage", "{}", 64 * 1024, "{}");
    called(
        Service.SQS,
        "SendMessageBatch",
        "{\"Entries\":[{\"MessageGroupId\":\"installation\"}]}",
        64 * 1024 + 1,
        "{}");

    assertThat(units())
        .containsEntry(Item.SQS_REQUEST, 3.0)
        .containsEntry(Item.SQS_FAIR_REQUEST, 2.0);
  }

  @Test
  void aCallWithoutAPriceIsNamed() {
    called(Service.DYNAMODB, "Scan", "{}", 10, "{}");

    assertThatThrownBy(meter::take)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("prices.json does not say how DYNAMODB bills Scan");
  }

  @Test
  void anInvocationIsBilledByMemoryAndStartedMillisecondWithItsPolls() {
    var queue =
        new Stack.Trigger.Sqs("Queue", "arn", 10, Duration.ZERO, null, /* partialFailures= */ true);
    meter.of(
        new Stack(
            Map.of("SyncFunction", function(512, List.of(queue))),
            Map.of(),
            Map.of(),
            Map.of(),
            Map.of()));

    meter.ended("SyncFunction", 100, Duration.ofNanos(1_999_000_001));

    Map<Item, Double> units = units();
    assertThat(units)
        .containsEntry(Item.LAMBDA_REQUEST, 1.0)
        .containsEntry(Item.LAMBDA_GIGABYTE_SECOND, 1.0)
        .containsEntry(Item.SQS_REQUEST, 2.0)
        .doesNotContainKey(Item.API_REQUEST);
    assertThat(prices.of(Usage.of(Item.LAMBDA_GIGABYTE_SECOND, 1)))
        .isCloseTo(0.0000133334, within(1e-12));
  }

  @Test
  void usageAddsUp() {
    Usage both = Usage.of(Item.SQS_REQUEST, 2).plus(Usage.of(Item.SQS_REQUEST, 3)).times(10);

    assertThat(both.units()).containsOnly(Map.entry(Item.SQS_REQUEST, 50.0));
  }

  @Test
  void theTemplatesAlarmsAndDashboardsAreCounted() {
    Template template = Template.read(RepositoryRoot.file("template.yaml"));

    assertThat(template.count("AWS::CloudWatch::Dashboard")).isEqualTo(1);
    assertThat(template.alarmMetrics()).isGreaterThan(template.count("AWS::CloudWatch::Alarm"));
  }

  private static Stack.Function function(int megabytes, List<Stack.Trigger> triggers) {
    return new Stack.Function(
        "SyncFunction",
        "arn",
        "Handler",
        Path.of("code"),
        Duration.ofMinutes(1),
        megabytes,
        /* snapStart= */ false,
        Map.of(),
        triggers,
        List.of());
  }
}

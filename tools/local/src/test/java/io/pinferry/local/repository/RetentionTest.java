package io.pinferry.local.repository;

import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.delivery.DeadLetters;
import io.pinferry.delivery.ResultStore;
import io.pinferry.directory.GroupRemovalRepository;
import io.pinferry.notification.Outbox;
import io.pinferry.operation.OperationStore;
import io.pinferry.read.FingerprintStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Holds docs/retention.md against the code and the template. */
final class RetentionTest {
  private static final String PAGE = Repository.read(Path.of("docs/retention.md"));
  private static final Template TEMPLATE = Template.load();

  /** Returns the last column of the first row that begins with a text. */
  private static String until(String what) {
    List<String> row = PAGE.lines().filter(line -> line.startsWith("| " + what)).limit(1).toList();
    assertThat(row).as("a row for " + what).hasSize(1);
    String[] columns = row.getFirst().split("\\|", -1);
    return columns[columns.length - 2];
  }

  @Test
  void theTimesAreThoseOfTheCode() {
    assertThat(until("operations with their results")).contains(days(OperationStore.KEPT));
    assertThat(until("ids of installations that were removed")).contains(days(OperationStore.KEPT));
    assertThat(until("lines of operations' logs")).contains(days(OperationStore.LOG_KEPT));
    assertThat(until("dead letters")).contains(days(DeadLetters.KEPT));
    assertThat(until("records above 300 KB")).contains(days(ResultStore.KEPT));
    assertThat(until("fingerprints of records")).contains(days(FingerprintStore.KEPT));
    assertThat(until("notifications that were not sent")).contains(days(Outbox.KEPT));
    assertThat(until("the note of a group's removal")).contains(days(GroupRemovalRepository.KEPT));
    assertThat(until("attempts to deliver that had begun")).contains("a minute");
    assertThat(TEMPLATE.propertiesOf("AWS::Serverless::Function").get("DeliverFunction"))
        .containsEntry("Timeout", 60);
  }

  @Test
  void theQueuesKeepMessagesAsLongAsThePageSays() {
    Map<String, Map<String, Object>> queues = TEMPLATE.propertiesOf("AWS::SQS::Queue");

    assertThat(queues).hasSize(6);
    assertThat(queues.values())
        .allSatisfy(
            queue -> {
              long seconds = Long.parseLong(String.valueOf(queue.get("MessageRetentionPeriod")));
              Duration kept = Duration.ofSeconds(seconds);
              assertThat(until("messages, with records")).contains(days(kept));
              assertThat(until("messages in queues")).contains(days(kept));
            });
  }

  @ParameterizedTest
  @CsvSource({"Directory,expiresAt", "Reads,expiresAt", "Timers,", "Limits,expiresAt"})
  void eachTableExpiresItemsOrIsEmptiedByItsWork(String table, String attribute) {
    Map<String, Object> properties =
        Template.map(TEMPLATE.propertiesOf("AWS::DynamoDB::Table").get(table));

    assertThat(Template.map(properties.get("TimeToLiveSpecification")).get("AttributeName"))
        .isEqualTo(attribute);
    assertThat(PAGE).contains("| " + table + " |");
  }

  @Test
  void theLogsAreKeptAsLongAsTheParameterSays() {
    Object kept = Template.map(TEMPLATE.parameters().get("LogRetentionDays")).get("Default");

    assertThat(until("log lines, with ids and no records or secrets")).contains(kept + " days");
    assertThat(TEMPLATE.propertiesOf("AWS::Logs::LogGroup").values())
        .allSatisfy(
            group ->
                assertThat(Template.map(group.get("RetentionInDays")))
                    .containsEntry("Ref", "LogRetentionDays"));
  }

  private static String days(Duration kept) {
    return kept.toDays() + " days";
  }
}

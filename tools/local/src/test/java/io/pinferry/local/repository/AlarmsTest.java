package io.pinferry.local.repository;

import static io.pinferry.local.repository.Template.list;
import static io.pinferry.local.repository.Template.map;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Json;
import io.pinferry.base.Metric;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Alarms and dashboard name metrics that exist, and the runbook knows each alarm. */
final class AlarmsTest {
  private static final Template TEMPLATE = Template.load();
  private static final Path RUNBOOK = Path.of("docs/operations.md");
  private static final Pattern ENTRY = Pattern.compile("(?ms)^### (\\w+)\n(.*?)(?=^###? |\\z)");
  private static final Pattern QUERY = Pattern.compile("(?ms)^```\n(.*?)^```");
  private static final Pattern WORD = Pattern.compile("@?[A-Za-z_][A-Za-z_.]*");
  private static final Pattern QUOTED = Pattern.compile("\"([^\"]*)\"");

  /** The metrics of AWS that the template uses, by namespace. */
  private static final Map<String, Set<String>> OF_AWS =
      Map.of(
          "AWS/SQS",
          Set.of(
              "ApproximateNumberOfMessagesVisible",
              "ApproximateAgeOfOldestMessage",
              "NumberOfMessagesSent"),
          "AWS/Lambda",
          Set.of("Errors", "Invocations", "Duration", "Throttles"),
          "AWS/ApiGateway",
          Set.of("5xx", "Count"),
          "AWS/DynamoDB",
          Set.of("ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits"),
          "AWS/Logs",
          Set.of("IncomingBytes"));

  /** The words of the query language, and the fields that Lambda or Powertools writes. */
  private static final Set<String> WORDS_OF_QUERIES =
      Set.of(
          ("fields filter sort desc limit stats count pct by bin and in like m @timestamp @type"
                  + " @log message error.name error.message correlation_id")
              .split(" ", -1));

  @Test
  void everyMetricExists() {
    List<String> unknown = new ArrayList<>();
    int seen = 0;
    for (List<String> used : Stream.concat(ofAlarms(), ofDashboard()).toList()) {
      seen++;
      String namespace = used.getFirst();
      Set<String> known = namespace.equals("Pinferry") ? ours() : OF_AWS.get(namespace);
      if (known == null || !known.contains(used.get(1))) {
        unknown.add(used.toString());
      }
      assertThat(used.get(2))
          .as("the dimension of %s", used)
          .isEqualTo(
              switch (namespace) {
                case "Pinferry" -> "Service";
                case "AWS/SQS" -> "QueueName";
                case "AWS/Lambda" -> "FunctionName";
                case "AWS/ApiGateway" -> "ApiId";
                case "AWS/DynamoDB" -> "TableName";
                default -> "LogGroupName";
              });
    }

    assertThat(unknown).isEmpty();
    assertThat(seen).isGreaterThan(100);
  }

  @Test
  void everyOfOurMetricsIsSeen() {
    Set<String> seen =
        Stream.concat(ofAlarms(), ofDashboard())
            .filter(used -> used.getFirst().equals("Pinferry"))
            .map(used -> used.get(1))
            .collect(toSet());

    assertThat(seen).isEqualTo(ours());
  }

  @Test
  void everyAlarmHasAnEntryAndEveryEntryAnAlarm() {
    assertThat(entries().keySet()).isEqualTo(new TreeSet<>(alarms().keySet()));
    assertThat(entries())
        .allSatisfy(
            (alarm, text) ->
                assertThat(QUERY.matcher(text).results()).as("queries of %s", alarm).hasSize(1));
  }

  @Test
  void everyAlarmIsSentAndCanBeTurnedOff() {
    assertThat(alarms())
        .allSatisfy(
            (id, properties) -> {
              assertThat(properties.get("AlarmName"))
                  .isEqualTo(Map.of("Fn::Sub", "${AWS::StackName}-" + id));
              assertThat(list(properties.get("AlarmActions")))
                  .containsExactly(Map.of("Ref", "AlarmTopic"));
              assertThat(TEMPLATE.resource(id))
                  .containsEntry(
                      "Condition", id.equals("NewVersionFails") ? "HasRollbackAlarm" : "HasAlarms");
              assertThat(properties)
                  .containsEntry(
                      "TreatMissingData", id.equals("TickStopped") ? "breaching" : "notBreaching");
              assertThat(list(properties.get("Metrics")))
                  .as("CloudWatch takes ten metrics in an alarm, beside the expression")
                  .hasSizeLessThanOrEqualTo(11);
            });
  }

  @Test
  void everyFunctionAndQueueIsWatched() {
    for (String name : List.of("Errors", "Throttles")) {
      assertThat(watched("AWS/Lambda", name))
          .as(name)
          .containsExactlyInAnyOrderElementsOf(TEMPLATE.functions().keySet());
    }
    assertThat(
            Stream.of("ApproximateAgeOfOldestMessage", "ApproximateNumberOfMessagesVisible")
                .flatMap(name -> watched("AWS/SQS", name).stream()))
        .containsExactlyInAnyOrderElementsOf(
            TEMPLATE.propertiesOf("AWS::SQS::Queue").keySet().stream()
                .map(queue -> queue + ".QueueName")
                .toList());
  }

  @Test
  void queriesAskForFieldsAndMessagesThatAreWritten() {
    String code =
        Repository.files(
                file -> file.toString().matches("(shared|functions/[a-z-]+)/src/main/java/.*"))
            .stream()
            .map(Repository::read)
            .collect(joining());
    entries()
        .forEach(
            (alarm, text) -> {
              Matcher query = QUERY.matcher(text);
              assertThat(query.find()).isTrue();
              for (var quoted : QUOTED.matcher(query.group(1)).results().toList()) {
                String value = quoted.group(1);
                assertThat(
                        code.contains('"' + value + '"')
                            || value.equals("REPORT")
                            || Repository.functions().contains(value))
                    .as("%s asks for \"%s\"", alarm, value)
                    .isTrue();
              }
              String fields =
                  QUOTED.matcher(query.group(1)).replaceAll("").replaceAll("/[^/]*/", "");
              for (var word : WORD.matcher(fields).results().toList()) {
                assertThat(
                        WORDS_OF_QUERIES.contains(word.group())
                            || code.contains("field(\"" + word.group() + "\""))
                    .as("%s asks for the field %s", alarm, word.group())
                    .isTrue();
              }
            });
  }

  private static Set<String> ours() {
    Set<String> names =
        Stream.of(Metric.values()).map(Metric::text).collect(toCollection(TreeSet::new));
    // Powertools counts it.
    names.add("ColdStart");
    return names;
  }

  private static Map<String, Map<String, Object>> alarms() {
    return TEMPLATE.propertiesOf("AWS::CloudWatch::Alarm");
  }

  /** Returns namespace, name, dimension and its value of each metric of the alarms. */
  private static Stream<List<String>> ofAlarms() {
    return ofAlarms("");
  }

  private static Stream<List<String>> ofAlarms(String except) {
    return alarms().entrySet().stream()
        .filter(alarm -> !alarm.getKey().equals(except))
        .map(Map.Entry::getValue)
        .flatMap(Template::maps)
        .filter(node -> node.containsKey("MetricName"))
        .map(
            node -> {
              Map<String, Object> dimension = map(list(node.get("Dimensions")).getFirst());
              return List.of(
                  String.valueOf(node.get("Namespace")),
                  String.valueOf(node.get("MetricName")),
                  String.valueOf(dimension.get("Name")),
                  String.valueOf(map(dimension.get("Value")).values().iterator().next()));
            });
  }

  private static List<String> watched(String namespace, String name) {
    return ofAlarms("NewVersionFails")
        .filter(used -> used.getFirst().equals(namespace) && used.get(1).equals(name))
        .map(List::getLast)
        .toList();
  }

  private static Stream<List<String>> ofDashboard() {
    Map<String, Object> dashboard =
        map(TEMPLATE.propertiesOf("AWS::CloudWatch::Dashboard").get("Dashboard"));
    String body =
        String.valueOf(list(map(dashboard.get("DashboardBody")).get("Fn::Sub")).getFirst());
    List<List<String>> metrics = new ArrayList<>();
    for (JsonNode widget : Json.trusted(body).path("widgets")) {
      for (JsonNode metric : widget.path("properties").path("metrics")) {
        metrics.add(
            List.of(metric.path(0).asText(), metric.path(1).asText(), metric.path(2).asText()));
      }
    }
    return metrics.stream();
  }

  private static Map<String, String> entries() {
    String page = Repository.read(RUNBOOK);
    String alarms = page.substring(page.indexOf("\n## Alarms\n"));
    alarms = alarms.substring(0, alarms.indexOf("\n## ", 1));
    Map<String, String> entries = new LinkedHashMap<>();
    ENTRY.matcher(alarms).results().forEach(entry -> entries.put(entry.group(1), entry.group(2)));
    return entries;
  }
}

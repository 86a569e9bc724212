package io.pinferry.local.repository;

import static io.pinferry.local.repository.Template.list;
import static io.pinferry.local.repository.Template.map;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import io.pinferry.directory.DirectoryWrite;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each role permits the calls of AWS that the code of its function contains, and nothing else. The
 * tests of whole stacks show that no call of a run is missing; see Permissions.
 */
final class RolesTest {
  private static final Template TEMPLATE = Template.load();

  /** The table that a class of the package {@code aws} reads and writes. */
  private static final Map<String, String> TABLES =
      Map.ofEntries(
          Map.entry("DynamoDbDirectoryStore", "Directory"),
          Map.entry("DynamoDbTimerStore", "Timers"),
          Map.entry("TimerItems", "Timers"),
          Map.entry("DynamoDbBudgetStore", "Limits"),
          Map.entry("DynamoDbSecretStore", "Tokens"),
          Map.entry("DynamoDbRefreshLeaseStore", "Limits"),
          Map.entry("DynamoDbOperationStore", "Reads"),
          Map.entry("DynamoDbPartitionStore", "Reads"),
          Map.entry("DynamoDbResultStore", "Reads"),
          Map.entry("DynamoDbWriteStore", "Reads"),
          Map.entry("DynamoDbDeadLetters", "Reads"),
          Map.entry("DynamoDbDeliveryAttempts", "Reads"),
          Map.entry("DynamoDbParkedMessages", "Reads"));

  /** The queue that a class sends to. */
  private static final Map<String, String> QUEUES =
      Map.of(
          "SqsReadQueue", "ReadQueue",
          "SqsDeliveryQueue", "DeliveryQueue",
          "SqsWriteQueue", "WriteQueue");

  /** The actions that a method needs. */
  private static final Map<String, List<String>> ACTIONS =
      Map.ofEntries(
          Map.entry("DynamoDb.get", List.of("GetItem")),
          Map.entry("DynamoDb.getAll", List.of("BatchGetItem")),
          Map.entry("DynamoDb.query", List.of("Query")),
          Map.entry("DynamoDb.queryAll", List.of("Query")),
          Map.entry("DynamoDb.deleteAll", List.of("Query", "DeleteItem")),
          Map.entry("DynamoDb.update", List.of("UpdateItem")),
          Map.entry("DynamoDb.updated", List.of("UpdateItem")),
          Map.entry("DynamoDb.transact", List.of()),
          Map.entry("DynamoDb.putIfAbsent", List.of("PutItem")),
          Map.entry("DynamoDb.putInTransaction", List.of("PutItem")),
          Map.entry("DynamoDb.putIfAbsentInTransaction", List.of("PutItem")),
          Map.entry("ItemWrite.put", List.of("PutItem")),
          Map.entry("ItemWrite.update", List.of("UpdateItem")),
          Map.entry("ItemWrite.delete", List.of("DeleteItem")),
          Map.entry("ItemWrite.check", List.of("ConditionCheckItem")));

  /** A write of the directory says by its type which action it needs. */
  private static final Map<Class<?>, String> DIRECTORY_WRITES =
      Map.of(
          DirectoryWrite.Create.class, "PutItem",
          DirectoryWrite.Replace.class, "UpdateItem",
          DirectoryWrite.Remove.class, "DeleteItem",
          DirectoryWrite.Discard.class, "DeleteItem",
          DirectoryWrite.Require.class, "ConditionCheckItem",
          DirectoryWrite.Absent.class, "ConditionCheckItem");

  /** Calls that the code contains, but that the function never makes, with the reason. */
  private static final Map<String, String> NOT_CALLED =
      Map.ofEntries(
          Map.entry("OauthFunction dynamodb:DeleteItem Timers", "it only adds timers"),
          Map.entry("ReadFunction dynamodb:DeleteItem Timers", "it only adds timers"),
          Map.entry(
              "ReadFunction secretsmanager:GetSecretValue secrets",
              "only functions with a prefix of secrets prime them"),
          Map.entry(
              "ReadFunction dynamodb:GetItem Tokens",
              "only functions with a prefix of secrets prime them"),
          Map.entry(
              "ReadFunction kms:Decrypt TokensKey",
              "only functions with a prefix of secrets prime them"),
          Map.entry("DeliverFunction dynamodb:GetItem Tokens", "it finds only signing keys"),
          Map.entry("DeliverFunction kms:Decrypt TokensKey", "it finds only signing keys"),
          Map.entry(
              "WriteFunction dynamodb:DeleteItem Reads",
              "only the end of a read removes an item, the mark that it is in progress"),
          Map.entry(
              "WriteWorkerFunction dynamodb:DeleteItem Reads",
              "only the end of a read removes an item, the mark that it is in progress"),
          Map.entry(
              "WriteWorkerFunction dynamodb:UpdateItem Timers",
              "it replaces the timer of an ended write with none"),
          Map.entry(
              "DeliverFunction dynamodb:DeleteItem Directory",
              "only a new name of a destination removes the old one"));

  static Set<String> functions() {
    return TEMPLATE.functions().keySet();
  }

  @ParameterizedTest
  @MethodSource("functions")
  void aRolePermitsWhatItsFunctionCanCall(String id) {
    var needed = needed(id);
    NOT_CALLED.keySet().stream()
        .filter(call -> call.startsWith(id + " "))
        .forEach(
            call ->
                assertThat(needed.remove(call.substring(id.length() + 1)))
                    .as("%s is in the list, so the code seems to call it", call)
                    .isTrue());
    needed.addAll(ofThePoller(id));
    needed.add("logs:CreateLogStream Logs");
    needed.add("logs:PutLogEvents Logs");

    assertThat(granted(id)).isEqualTo(needed);
  }

  @ParameterizedTest
  @MethodSource("functions")
  void onlyAStackWithTokensInDynamoDbPermitsThem(String id) {
    Map<String, Object> function = map(TEMPLATE.functions().get(id));
    List<Map<String, Object>> all = TEMPLATE.statements(function);
    List<Map<String, Object>> conditional = TEMPLATE.conditionalStatements(function, "UsesTokens");

    assertThat(conditional)
        .isEqualTo(
            all.stream()
                .filter(statement -> String.valueOf(statement.get("Resource")).contains("Tokens"))
                .toList());
  }

  /** Returns the actions of Lambda's poller, which takes messages with the role of the function. */
  private static Set<String> ofThePoller(String id) {
    return map(map(TEMPLATE.functions().get(id)).get("Events")).values().stream()
        .map(Template::map)
        .filter(event -> "SQS".equals(event.get("Type")))
        .map(event -> map(map(event.get("Properties")).get("Queue")).get("Fn::GetAtt"))
        .map(queue -> String.valueOf(queue).replace(".Arn", ""))
        .flatMap(
            queue ->
                Stream.of("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")
                    .map(action -> "sqs:" + action + " " + queue))
        .collect(toSet());
  }

  private static Set<String> needed(String id) {
    JavaClass handler =
        ArchitectureTest.PRODUCT.get(
            String.valueOf(map(TEMPLATE.functions().get(id)).get("Handler")));
    var reachable = new ReachableCalls(ArchitectureTest.PRODUCT, handler);
    var needed = new TreeSet<String>();
    for (JavaCodeUnit unit : reachable.codeUnits()) {
      if (unit.getOwner().getPackageName().equals("io.pinferry.aws")) {
        unit.getCallsFromSelf().forEach(call -> note(unit, call, needed));
      }
    }
    DIRECTORY_WRITES.forEach(
        (type, action) -> {
          if (reachable.creates(type)) {
            needed.add("dynamodb:" + action + " Directory");
          }
        });
    return needed;
  }

  private static void note(JavaCodeUnit caller, JavaAccess<?> call, Set<String> needed) {
    String in = caller.getOwner().getSimpleName();
    String of = call.getTargetOwner().getSimpleName();
    String name = call.getTarget().getName();
    if (TABLES.containsKey(in) && (of.equals("DynamoDb") || of.equals("ItemWrite"))) {
      boolean indexed =
          caller.getMethodCallsFromSelf().stream()
              .anyMatch(it -> it.getTarget().getName().equals("indexed"));
      for (String action : ACTIONS.getOrDefault(of + "." + name, List.of())) {
        needed.add("dynamodb:" + action + " " + TABLES.get(in) + (indexed ? "/index/open" : ""));
      }
    }
    if (of.equals("Query") && name.equals("ofGlobalIndex")) {
      needed.add("dynamodb:Query " + TABLES.get(in) + "/index/recent");
    }
    if (QUEUES.containsKey(in) && of.equals("SqsSender") && name.equals("send")) {
      needed.add("sqs:SendMessage " + QUEUES.get(in));
    }
    if (of.equals("SqsClient") && name.equals("changeMessageVisibility")) {
      needed.add("sqs:ChangeMessageVisibility DeliveryQueue");
    }
    if (in.equals("SecretsManagerSecretStore") && of.equals("SecretsManagerClient")) {
      needed.add("secretsmanager:" + action(name) + " secrets");
    }
    if (in.equals("KmsDataKeys") && of.equals("KmsClient")) {
      needed.add("kms:" + action(name) + " TokensKey");
    }
  }

  private static String action(String method) {
    return method.substring(0, 1).toUpperCase(Locale.ROOT) + method.substring(1);
  }

  private static Set<String> granted(String id) {
    var granted = new TreeSet<String>();
    for (Map<String, Object> statement : TEMPLATE.statements(map(TEMPLATE.functions().get(id)))) {
      for (Object action : list(statement.get("Action"))) {
        for (Object resource : list(statement.get("Resource"))) {
          granted.add(action + " " + name(map(Template.ofOwn(resource))));
        }
      }
    }
    return granted;
  }

  private static String name(Map<String, Object> resource) {
    String text = String.valueOf(resource.values().iterator().next());
    if (text.contains(":secret:")) {
      return "secrets";
    }
    return text.replace("${", "").replace("}", "").replace(".Arn", "");
  }
}

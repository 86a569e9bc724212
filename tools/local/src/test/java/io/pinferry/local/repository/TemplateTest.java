package io.pinferry.local.repository;

import static io.pinferry.local.repository.Template.list;
import static io.pinferry.local.repository.Template.map;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import io.pinferry.base.Json;
import io.pinferry.read.PartitionSync;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds template.yaml against the code, and against what Lambda, SQS and IAM do not check. */
final class TemplateTest {
  private static final Template TEMPLATE = Template.load();
  private static final Pattern SUBSTITUTION = Pattern.compile("\\$\\{([^}!]+)}");
  private static final Pattern NO_WILDCARD = Pattern.compile("[^*]+");

  static Set<String> functions() {
    return TEMPLATE.functions().keySet();
  }

  private static Map<String, Object> function(String id) {
    return map(TEMPLATE.functions().get(id));
  }

  @Test
  void everyFunctionModuleIsDeployedOnce() {
    assertThat(TEMPLATE.functions().values().stream().map(Template::module))
        .containsExactlyInAnyOrderElementsOf(Repository.functions());
  }

  @ParameterizedTest
  @MethodSource("functions")
  void theArchiveIsTheOneThatTheModuleBuilds(String id) {
    String module = Template.module(function(id));

    assertThat(function(id).get("CodeUri"))
        .isEqualTo("functions/" + module + "/target/pinferry-" + module + ".zip");
    assertThat(id).isEqualTo(pascal(module) + "Function");
  }

  @ParameterizedTest
  @MethodSource("functions")
  void lambdaAndTheLocalStackCanBuildTheHandler(String id) throws ReflectiveOperationException {
    String module = Template.module(function(id));
    String name = String.valueOf(function(id).get("Handler"));

    assertThat(name)
        .isEqualTo(
            "io.pinferry.functions." + module.replace("-", "") + "." + pascal(module) + "Handler");
    Class<?> handler = Class.forName(name);
    assertThat(handler).isFinal().isAssignableTo(RequestStreamHandler.class);
    assertThat(Modifier.isPublic(handler.getConstructor().getModifiers())).isTrue();
    assertThat(handler.getDeclaredConstructor(Map.class))
        .as("takes the environment, for the local stack")
        .isNotNull();
  }

  @Test
  void everyFunctionRunsOnTheJavaThatTheBuildTargets() {
    assertThat(TEMPLATE.functions().values())
        .allSatisfy(
            function -> {
              assertThat(function).containsEntry("Runtime", "java25");
              assertThat(list(function.get("Architectures"))).containsExactly("arm64");
            });
  }

  @ParameterizedTest
  @MethodSource("functions")
  void environmentNamesAreOursAndTheirValuesExist(String id) {
    Map<String, Object> environment = Template.environment(function(id));

    assertThat(environment.keySet()).allMatch(name -> name.matches("PINFERRY(_[A-Z0-9]+)+"));
    environment.forEach(
        (name, value) ->
            assertThat(value)
                .as("%s comes from a parameter or a resource", name)
                .isInstanceOf(Map.class));
  }

  @ParameterizedTest
  @MethodSource("functions")
  void aFunctionMayUseExactlyWhatItsEnvironmentAndEventsName(String id) {
    Set<String> named =
        Template.environment(function(id)).entrySet().stream()
            .filter(variable -> variable.getKey().matches(".*_(TABLE|QUEUE_URL|TOKENS_KEY)"))
            .flatMap(
                variable ->
                    referenced(Template.ofOwn(Template.ofOwn(variable.getValue()))).stream())
            .collect(toCollection(HashSet::new));
    sqsEvents(id).forEach(source -> named.add(queueOf(source)));
    Set<String> permitted =
        TEMPLATE.statements(function(id)).stream()
            .flatMap(statement -> list(statement.get("Resource")).stream())
            .flatMap(resource -> referenced(Template.ofOwn(resource)).stream())
            .filter(resource -> !resource.startsWith("AWS::") && !resource.equals("Logs"))
            .collect(toSet());
    if (id.equals("SyncFunction")) {
      // The store of operations knows the table, but a read that goes on sets no timer.
      named.remove("Timers");
    }

    assertThat(permitted).isEqualTo(named);
    assertThat(Template.environment(function(id)).containsKey("PINFERRY_SECRET_PREFIX"))
        .isEqualTo(actions(id).stream().anyMatch(action -> action.startsWith("secretsmanager:")));
  }

  @ParameterizedTest
  @MethodSource("functions")
  void permissionsNameTheirActionsAndResources(String id) {
    assertThat(actions(id))
        .allMatch(action -> action.matches("(dynamodb|sqs|secretsmanager|kms|logs):[A-Z][A-Za-z]+"))
        .as("no list is read by scanning")
        .doesNotContain("dynamodb:Scan");
    assertThat(function(id))
        .as("a role of its own: SAM's permits all logs, and all queues")
        .containsEntry("Role", Map.of("Fn::GetAtt", id.replace("Function", "Role.Arn")))
        .doesNotContainKey("Policies");
    for (Map<String, Object> statement : TEMPLATE.statements(function(id))) {
      assertThat(statement).containsEntry("Effect", "Allow").doesNotContainKey("NotAction");
      for (Object resource : list(statement.get("Resource"))) {
        String text = String.valueOf(map(resource).values());
        boolean secrets =
            list(statement.get("Action")).stream()
                .allMatch(action -> String.valueOf(action).startsWith("secretsmanager:"));
        assertThat(secrets ? text.replace(":secret:${AWS::StackName}/*", "") : text)
            .as("secrets are named by prefix, everything else wholly")
            .matches(NO_WILDCARD);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("functions")
  void aFunctionWritesToItsLogOnly(String id) {
    assertThat(
            TEMPLATE.statements(function(id)).stream()
                .filter(statement -> String.valueOf(statement.get("Action")).contains("logs:")))
        .containsExactly(
            Map.of(
                "Sid",
                "Logs",
                "Effect",
                "Allow",
                "Action",
                List.of("logs:CreateLogStream", "logs:PutLogEvents"),
                "Resource",
                Map.of("Fn::GetAtt", "Logs.Arn")));
  }

  @Test
  void rolesShareOnlyWhatAParameterTurnsOn() {
    assertThat(TEMPLATE.propertiesOf("AWS::IAM::ManagedPolicy").keySet())
        .allSatisfy(id -> assertThat(TEMPLATE.resource(id)).containsKey("Condition"));
    assertThat(TEMPLATE.propertiesOf("AWS::IAM::Role"))
        .hasSameSizeAs(functions())
        .allSatisfy(
            (id, role) ->
                assertThat(list(role.get("ManagedPolicyArns")))
                    .extracting(arn -> list(map(arn).get("Fn::If")).get(1))
                    .containsExactly(Map.of("Ref", "WriteTraces"), Map.of("Ref", "UseKey")));
  }

  @Test
  void everyDoorCanBeRolledOutSlowlyAndEveryFunctionStopped() {
    for (String id : functions()) {
      boolean door =
          events(id).values().stream().anyMatch(event -> "HttpApi".equals(event.get("Type")));
      assertThat(function(id).containsKey("DeploymentPreference")).as(id).isEqualTo(door);
      assertThat(function(id).get("ReservedConcurrentExecutions"))
          .isEqualTo(
              Map.of(
                  "Fn::If",
                  List.of(
                      "Has" + id.replace("Function", "Reserved"),
                      Map.of("Ref", id.replace("Function", "Reserved")),
                      Map.of("Ref", "AWS::NoValue"))));
    }
    Map<String, Object> mapping = map(map(TEMPLATE.root().get("Mappings")).get("Rollouts"));
    assertThat(mapping.keySet())
        .containsExactlyElementsOf(
            list(map(TEMPLATE.parameters().get("Rollout")).get("AllowedValues")).stream()
                .map(String::valueOf)
                .toList());
    mapping.forEach(
        (name, rollout) ->
            assertThat(map(rollout)).containsEntry("Gradual", !name.equals("AllAtOnce")));
  }

  @Test
  void everyDoorCanHaveADomain() {
    assertThat(TEMPLATE.propertiesOf("AWS::ApiGatewayV2::ApiMapping").values())
        .extracting(mapping -> map(mapping.get("ApiId")).get("Ref"))
        .containsExactlyElementsOf(TEMPLATE.propertiesOf("AWS::Serverless::HttpApi").keySet());
  }

  @Test
  void aFullBatchOfPartitionsIsKnownAsOne() {
    assertThat(sqsEvents("SyncFunction"))
        .singleElement()
        .satisfies(
            source -> assertThat(source).containsEntry("BatchSize", PartitionSync.BATCH_MAX));
  }

  @ParameterizedTest
  @MethodSource("functions")
  void queuesAreReadInBatchesWithPartialFailuresAndABound(String id) {
    for (Map<String, Object> source : sqsEvents(id)) {
      String queue = queueOf(source);
      Map<String, Object> properties = map(TEMPLATE.propertiesOf("AWS::SQS::Queue").get(queue));
      int timeout = number(function(id).get("Timeout"));

      assertThat(number(properties.get("VisibilityTimeout")))
          .as("visibility of %s is at least six times the function's timeout", queue)
          .isGreaterThanOrEqualTo(6 * timeout);
      assertThat(source).containsEntry("BatchSize", 10);
      assertThat(list(source.get("FunctionResponseTypes")))
          .containsExactly("ReportBatchItemFailures");
      String concurrency =
          String.valueOf(
              map(map(source.get("ScalingConfig")).get("MaximumConcurrency")).get("Ref"));
      assertThat(number(map(TEMPLATE.parameters().get(concurrency)).get("MinValue")))
          .as("least value of %s that Lambda takes", concurrency)
          .isGreaterThanOrEqualTo(2);
    }
  }

  @Test
  void everyQueueHasOneReaderAndADeadLetterQueueThatKeepsMessages() {
    Map<String, Map<String, Object>> queues = TEMPLATE.propertiesOf("AWS::SQS::Queue");
    List<String> read =
        functions().stream()
            .flatMap(id -> sqsEvents(id).stream())
            .map(TemplateTest::queueOf)
            .toList();

    assertThat(read)
        .containsExactlyInAnyOrderElementsOf(
            queues.keySet().stream().filter(id -> !id.endsWith("DeadLetterQueue")).toList());
    for (String queue : read) {
      Map<String, Object> redrive = map(map(queues.get(queue)).get("RedrivePolicy"));
      String deadLetters = queue.replace("Queue", "DeadLetterQueue");
      assertThat(redrive.get("deadLetterTargetArn"))
          .isEqualTo(Map.of("Fn::GetAtt", deadLetters + ".Arn"));
      assertThat(number(redrive.get("maxReceiveCount"))).isBetween(8, 1000);
    }
    assertThat(queues.values())
        .allSatisfy(
            queue ->
                assertThat(queue)
                    .containsEntry("MessageRetentionPeriod", 1_209_600)
                    .containsKeys("SqsManagedSseEnabled", "KmsMasterKeyId"));
  }

  @Test
  void onlyReaderAndDelivererMayCallThemselvesThroughQueues() {
    // A read is handed over from slice to slice, and one that waited for its deliveries is sent
    // again by the last of them. Both loops end: with the list, or by the no-progress rule.
    assertThat(functions().stream().filter(id -> "Allow".equals(function(id).get("RecursiveLoop"))))
        .containsExactlyInAnyOrder("SyncFunction", "DeliverFunction");
  }

  @Test
  void noFunctionBehindADoorOutlivesTheDoor() {
    for (String id : functions()) {
      if (events(id).values().stream().anyMatch(event -> "HttpApi".equals(event.get("Type")))) {
        assertThat(number(function(id).get("Timeout"))).as(id).isLessThanOrEqualTo(30);
      }
    }
  }

  @Test
  void everythingThatHoldsStateSaysWhatADeletionDoes() {
    Set<String> stateful =
        Set.of("AWS::DynamoDB::Table", "AWS::SQS::Queue", "AWS::Logs::LogGroup", "AWS::SNS::Topic");
    map(TEMPLATE.root().get("Resources"))
        .forEach(
            (id, resource) -> {
              if (stateful.contains(String.valueOf(map(resource).get("Type")))) {
                assertThat(map(resource))
                    .as(id)
                    .containsKeys("DeletionPolicy", "UpdateReplacePolicy");
              }
            });
  }

  @Test
  void everyQueueRefusesPlainHttp() {
    Map<String, Object> policy =
        map(TEMPLATE.propertiesOf("AWS::SQS::QueuePolicy").get("QueuesOnlyByTls"));

    assertThat(list(policy.get("Queues")))
        .containsExactlyInAnyOrderElementsOf(
            TEMPLATE.propertiesOf("AWS::SQS::Queue").keySet().stream()
                .map(id -> Map.of("Ref", id))
                .toList());
    assertThat(list(map(policy.get("PolicyDocument")).get("Statement")))
        .singleElement()
        .satisfies(
            statement ->
                assertThat(map(statement))
                    .containsEntry("Effect", "Deny")
                    .containsEntry(
                        "Condition", Map.of("Bool", Map.of("aws:SecureTransport", "false"))));
  }

  @Test
  void accessLogsHoldNothingThatACallerChooses() {
    Map<String, Object> doors = map(map(TEMPLATE.root().get("Globals")).get("HttpApi"));
    String format = String.valueOf(map(doors.get("AccessLogSettings")).get("Format"));

    assertThat(format)
        .contains("$context.requestId", "$context.routeKey", "$context.status")
        .doesNotContain("path", "Path", "query", "header", "authorizer", "\n");
    assertThat(map(doors.get("DefaultRouteSettings")))
        .containsKeys("ThrottlingRateLimit", "ThrottlingBurstLimit");
  }

  @Test
  void tablesAreKeptRestorableAndEncrypted() {
    Map<String, Map<String, Object>> tables = TEMPLATE.propertiesOf("AWS::DynamoDB::Table");

    assertThat(tables.keySet())
        .containsExactlyInAnyOrder("Directory", "Reads", "Timers", "Limits", "Tokens");
    tables.forEach(
        (id, table) -> {
          assertThat(table).as(id).containsEntry("BillingMode", "PAY_PER_REQUEST");
          assertThat(map(table.get("PointInTimeRecoverySpecification")))
              .as("%s is restorable, if nothing can make its contents again", id)
              .isEqualTo(
                  id.equals("Limits") ? Map.of() : Map.of("PointInTimeRecoveryEnabled", true));
          assertThat(list(map(table.get("SSESpecification")).get("Fn::If")))
              .as("encrypted with DynamoDB's own key, which costs nothing, unless one is given")
              .startsWith("HasKey")
              .endsWith(Map.of("Ref", "AWS::NoValue"));
          assertThat(table.containsKey("DeletionProtectionEnabled"))
              .isEqualTo(!id.equals("Limits"));
          assertThat(TEMPLATE.resource(id)).containsKeys("DeletionPolicy", "UpdateReplacePolicy");
          assertThat(map(table.get("TimeToLiveSpecification")).get("AttributeName"))
              .isEqualTo(id.equals("Timers") || id.equals("Tokens") ? null : "expiresAt");
        });
    assertThat(List.of("Directory", "Reads", "Timers", "Tokens", "TokensKey"))
        .allSatisfy(
            id ->
                assertThat(TEMPLATE.resource(id))
                    .containsEntry("DeletionPolicy", "RetainExceptOnCreate")
                    .containsEntry("UpdateReplacePolicy", "Retain"));
  }

  @Test
  void theIndexOfOpenPartitionsIsLocalAndHoldsKeysOnly() {
    Map<String, Object> reads = map(TEMPLATE.propertiesOf("AWS::DynamoDB::Table").get("Reads"));

    assertThat(list(reads.get("LocalSecondaryIndexes")))
        .containsExactly(
            Map.of(
                "IndexName",
                "open",
                "KeySchema",
                List.of(
                    Map.of("AttributeName", "pk", "KeyType", "HASH"),
                    Map.of("AttributeName", "openMark", "KeyType", "RANGE")),
                "Projection",
                Map.of("ProjectionType", "KEYS_ONLY")));
  }

  @Test
  void theIndexOfRecentOperationsHoldsKeysOnly() {
    Map<String, Object> reads = map(TEMPLATE.propertiesOf("AWS::DynamoDB::Table").get("Reads"));

    assertThat(list(reads.get("GlobalSecondaryIndexes")))
        .containsExactly(
            Map.of(
                "IndexName",
                "recent",
                "KeySchema",
                List.of(
                    Map.of("AttributeName", "listedIn", "KeyType", "HASH"),
                    Map.of("AttributeName", "listedAt", "KeyType", "RANGE")),
                "Projection",
                Map.of("ProjectionType", "KEYS_ONLY")));
  }

  @Test
  void doorsAreOriginsWithoutAPathAndOnlyTheApiAnswersBrowsers() {
    Map<String, Map<String, Object>> doors = TEMPLATE.propertiesOf("AWS::Serverless::HttpApi");

    assertThat(doors.keySet()).containsExactly("Api", "ReadApi", "WriteApi", "ProxyApi");
    assertThat(doors.values()).noneMatch(door -> door.containsKey("StageName"));
    assertThat(
            doors.entrySet().stream().filter(it -> it.getValue().containsKey("CorsConfiguration")))
        .extracting(Map.Entry::getKey)
        .containsExactly("Api");
    Map<String, Object> cors = map(map(doors.get("Api")).get("CorsConfiguration"));
    assertThat(list(cors.get("AllowMethods"))).contains("GET", "POST", "PUT", "PATCH", "DELETE");
    assertThat(list(cors.get("AllowHeaders")))
        .contains(
            "content-type", "x-api-key", "authorization", "x-amp-client", "x-amp-client-version");
  }

  @Test
  void routesAreOnesThatAnHttpApiCanMatch() {
    List<String> paths =
        functions().stream()
            .flatMap(id -> events(id).values().stream())
            .filter(event -> "HttpApi".equals(event.get("Type")))
            .map(event -> map(event.get("Properties")).get("Path"))
            .filter(Objects::nonNull)
            .map(String::valueOf)
            .toList();

    assertThat(paths)
        .as("each segment is plain text or one whole variable")
        .allMatch(path -> path.matches("(/([A-Za-z0-9._-]+|\\{[a-z]+\\+?}))+"));
  }

  @Test
  void everyDoorHasADefaultRoute() {
    List<String> doors =
        functions().stream()
            .flatMap(id -> events(id).values().stream())
            .filter(event -> "HttpApi".equals(event.get("Type")))
            .map(event -> map(event.get("Properties")))
            .filter(event -> !event.containsKey("Path") && !event.containsKey("Method"))
            .map(event -> String.valueOf(map(event.get("ApiId")).get("Ref")))
            .toList();

    assertThat(doors)
        .as("without one, API Gateway answers a bare 404")
        .containsExactlyInAnyOrderElementsOf(
            TEMPLATE.propertiesOf("AWS::Serverless::HttpApi").keySet());
  }

  @Test
  void everyReferenceIsDeclared() {
    Set<String> declared = new TreeSet<>(TEMPLATE.parameters().keySet());
    declared.addAll(map(TEMPLATE.root().get("Resources")).keySet());
    Set<String> referenced =
        Template.maps(TEMPLATE.root())
            .flatMap(node -> referenced(node).stream())
            .filter(name -> !name.startsWith("AWS::"))
            .collect(toSet());

    assertThat(declared).containsAll(referenced);
    assertThat(referenced)
        .as("every parameter is used")
        .containsAll(TEMPLATE.parameters().keySet());
  }

  @Test
  void noSecretAndNoKeyHasADefault() {
    Map<String, Object> adminKey = map(TEMPLATE.parameters().get("AdminKeySha256"));

    assertThat(adminKey).doesNotContainKey("Default");
    assertThat(adminKey.get("AllowedPattern")).isEqualTo("^[0-9a-f]{64}$");
    assertThat(TEMPLATE.parameters().keySet())
        .as("secrets live in Secrets Manager")
        .noneMatch(name -> name.toLowerCase(Locale.ROOT).matches(".*(secret|password|token$).*"));
  }

  @Test
  void nothingOfTheLocalStackCanBeSwitchedOn() {
    String text = Repository.read(Template.FILE).toLowerCase(Locale.ROOT);

    assertThat(text)
        .doesNotContain(
            "localhost", "127.0.0.1", "loopback", "simulator", "_sim", "pinferry_local", "http://")
        .doesNotContain("io.pinferry.local", "java_tool_options");
  }

  @Test
  void everyEventSourceHasASampleAndEverySampleASource() throws IOException {
    Set<String> sources = new TreeSet<>();
    for (String id : functions()) {
      for (String event : events(id).keySet()) {
        sources.add("events/" + Template.module(function(id)) + "/" + kebab(event) + ".json");
      }
    }
    List<Path> samples = Repository.files(file -> file.startsWith("events"));

    assertThat(samples.stream().map(TemplateTest::withoutVariant).collect(toSet()))
        .as("events/FUNCTION/EVENT.json, more of a kind as EVENT.VARIANT.json")
        .isEqualTo(sources);
    for (Path sample : samples) {
      assertThat(Json.parse(Repository.read(sample).getBytes(UTF_8)).isObject())
          .as("%s is a JSON object", sample)
          .isTrue();
    }
  }

  private static Map<String, Map<String, Object>> events(String function) {
    return map(function(function).get("Events")).entrySet().stream()
        .collect(toMap(Map.Entry::getKey, event -> map(event.getValue())));
  }

  private static List<Map<String, Object>> sqsEvents(String function) {
    return events(function).values().stream()
        .filter(event -> "SQS".equals(event.get("Type")))
        .map(event -> map(event.get("Properties")))
        .toList();
  }

  private static String queueOf(Map<String, Object> source) {
    return String.valueOf(map(source.get("Queue")).get("Fn::GetAtt")).replace(".Arn", "");
  }

  private static Set<String> actions(String function) {
    return TEMPLATE.statements(function(function)).stream()
        .map(statement -> list(statement.get("Action")))
        .flatMap(Collection::stream)
        .map(String::valueOf)
        .collect(toSet());
  }

  /** Returns the logical ids that one node refers to. */
  private static Set<String> referenced(Object node) {
    return Template.maps(node)
        .flatMap(map -> map.entrySet().stream())
        .flatMap(
            entry ->
                switch (entry.getKey()) {
                  case "Ref" -> Stream.of(String.valueOf(entry.getValue()));
                  case "Fn::GetAtt" ->
                      Stream.of(String.valueOf(entry.getValue()).split("\\.", -1)[0]);
                  case "Fn::Sub" ->
                      SUBSTITUTION
                          .matcher(String.valueOf(list(entry.getValue()).getFirst()))
                          .results()
                          .map(TemplateTest::substituted)
                          // Beside the text there can be variables of its own.
                          .filter(
                              name ->
                                  !map(list(entry.getValue()).size() == 1
                                          ? null
                                          : list(entry.getValue()).getLast())
                                      .containsKey(name));
                  default -> Stream.empty();
                })
        .collect(toSet());
  }

  private static String substituted(MatchResult match) {
    return match.group(1).split("\\.", -1)[0];
  }

  private static int number(@Nullable Object value) {
    return Integer.parseInt(String.valueOf(value));
  }

  private static String pascal(String kebab) {
    return Stream.of(kebab.split("-", -1))
        .map(word -> word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1))
        .reduce("", String::concat);
  }

  private static String kebab(String pascal) {
    return pascal.replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
  }

  private static String withoutVariant(Path sample) {
    return sample.toString().replaceFirst("\\..*", ".json");
  }
}

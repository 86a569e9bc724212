package io.pinferry.local.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemplateTest {

  private static final LocalAddresses ADDRESSES =
      new LocalAddresses(
          "eu-central-1",
          "000000000000",
          URI.create("http://127.0.0.1:9"),
          Map.of("Api", URI.create("http://127.0.0.1:8080")));

  @TempDir Path directory;

  private Stack resolve(String yaml) throws IOException {
    return resolve(yaml, Map.of());
  }

  private Stack resolve(String yaml, Map<String, String> parameters) throws IOException {
    return read(yaml).resolve(parameters, ADDRESSES);
  }

  private Template read(String yaml) throws IOException {
    return Template.read(Files.writeString(directory.resolve("template.yaml"), yaml));
  }

  /** Evaluates one expression as a function's environment variable. */
  private String value(String expression) throws IOException {
    Stack stack =
        resolve(
            """
            Parameters:
              Name: { Type: String, Default: value }
              Many: { Type: CommaDelimitedList, Default: "a, b,c" }
            Conditions:
              IsValue: !Equals [!Ref Name, value]
              IsOther: !Or [!Equals [!Ref Name, other], !Not [!Condition IsValue]]
            Mappings:
              Colours: { sky: { day: blue } }
            Resources:
              Api: { Type: "AWS::Serverless::HttpApi" }
              Queue: { Type: "AWS::SQS::Queue", Properties: { QueueName: !Sub "${Name}-queue" } }
              Table: { Type: "AWS::DynamoDB::Table", Properties: {
                AttributeDefinitions: [{ AttributeName: pk, AttributeType: S }],
                KeySchema: [{ AttributeName: pk, KeyType: HASH }] } }
              Alarm: { Type: "AWS::CloudWatch::Alarm" }
              Function:
                Type: AWS::Serverless::Function
                Properties:
                  CodeUri: code.zip
                  Handler: a.B
                  Environment:
                    Variables:
                      X: %s
            """
                .formatted(expression));
    return the(stack.functions(), "Function").environment().getOrDefault("X", "(absent)");
  }

  private static <T> T the(Map<String, T> resources, String id) {
    return Objects.requireNonNull(resources.get(id));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "plain | plain",
        "7 | 7",
        "true | true",
        "2012-10-17 | 2012-10-17",
        "!Ref Name | value",
        "{ Ref: Name } | value",
        "!Ref Queue | http://127.0.0.1:9/000000000000/value-queue",
        "!GetAtt Queue.Arn | arn:aws:sqs:eu-central-1:000000000000:value-queue",
        "!GetAtt [Queue, QueueName] | value-queue",
        "{ 'Fn::GetAtt': [Queue, Arn] } | arn:aws:sqs:eu-central-1:000000000000:value-queue",
        "!Ref Table | Table",
        "!GetAtt Table.Arn | arn:aws:dynamodb:eu-central-1:000000000000:table/Table",
        "!GetAtt Function.Arn | arn:aws:lambda:eu-central-1:000000000000:function:Function",
        "!GetAtt Alarm.Arn | arn:aws:local:eu-central-1:000000000000:Alarm",
        "!Ref AWS::Region | eu-central-1",
        "!Ref AWS::StackName | pinferry",
        "!Ref AWS::NoValue | (absent)",
        "!Sub '${Name}/${AWS::AccountId}/${Queue.QueueName}/${!kept}' |"
            + " value/000000000000/value-queue/${kept}",
        "!Sub ['${Own}-${Name}', { Own: !Ref AWS::Region }] | eu-central-1-value",
        "!Sub 'https://${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}/v1' |"
            + " http://127.0.0.1:8080/v1",
        "!GetAtt Api.ApiEndpoint | http://127.0.0.1:8080",
        "!Join ['', ['https://', !Ref Api, '.execute-api.', !Ref AWS::Region, '.amazonaws.com']] |"
            + " http://127.0.0.1:8080",
        "!Join ['+', !Ref Many] | a+b+c",
        "!Select [1, !Split [',', 'x,y']] | y",
        "!If [IsValue, yes-it-is, no] | yes-it-is",
        "!If [IsOther, never, !Ref Name] | value",
        "!If [IsOther, never, !Ref AWS::NoValue] | (absent)",
        "!FindInMap [Colours, sky, day] | blue",
      })
  void functionsAreReplacedByLocalValues(String expression, String expected) throws IOException {
    assertThat(value(expression)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "!Ref Nothing | Environment.Variables.X!Ref: Nothing is neither",
        "!Sub '${Nothing}' | Nothing is neither",
        "!GetAtt Nothing.Arn | Nothing is neither",
        "!GetAtt Queue | not of the form",
        "!If [Nothing, a, b] | there is no condition Nothing",
        "!If [IsValue, a] | 3 arguments are needed",
        "!Select [5, [a]] | no entry 5",
        "!FindInMap [Colours, sky, night] | there is no night",
        "!ImportValue other | does not know this function",
        "!Join [a, b] | a list is needed",
      })
  void aReferenceThatLeadsNowhereIsNamedWithItsPlace(String expression, String message) {
    assertThatThrownBy(() -> value(expression))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  private static final String FUNCTION =
      """
      Parameters:
        Size: { Type: Number, Default: 5 }
      Globals:
        Function:
          Timeout: 20
          MemorySize: 512
          Environment: { Variables: { SHARED: one, OWN: global } }
      Resources:
        Api: { Type: "AWS::Serverless::HttpApi" }
        Queue: { Type: "AWS::SQS::Queue", Properties: { VisibilityTimeout: 60 } }
        Function:
          Type: AWS::Serverless::Function
          Properties:
            CodeUri: functions/one/target/one.zip
            Handler: a.B::handleRequest
            Timeout: 60
            Environment: { Variables: { OWN: own } }
            Policies: [{ Statement: [{ Resource: !GetAtt Queue.Arn }] }]
            Events:
              %s
      """;

  private List<Stack.Trigger> triggers(String event) throws IOException {
    return the(resolve(FUNCTION.formatted(event)).functions(), "Function").triggers();
  }

  @Test
  void aFunctionInheritsGlobalsAndItsOwnWin() throws IOException {
    Stack.Function function = the(resolve(FUNCTION.formatted("{}")).functions(), "Function");

    assertThat(function.timeout()).isEqualTo(Duration.ofSeconds(60));
    assertThat(function.memoryMegabytes()).isEqualTo(512);
    assertThat(function.environment()).isEqualTo(Map.of("SHARED", "one", "OWN", "own"));
    assertThat(function.code()).isEqualTo(directory.resolve("functions/one/target/one.zip"));
    assertThat(function.policies().toString())
        .contains("Resource=arn:aws:sqs:eu-central-1:000000000000:Queue");
  }

  @Test
  void eventsBecomeTriggers() throws IOException {
    assertThat(
            triggers(
                "E: { Type: HttpApi, Properties: { ApiId: !Ref Api, Method: post, Path: /a } }"))
        .containsExactly(new Stack.Trigger.Http("E", "Api", new RouteKey("POST", "/a")));
    assertThat(
            triggers(
                "E: { Type: SQS, Properties: { Queue: !GetAtt Queue.Arn, BatchSize: !Ref Size,"
                    + " FunctionResponseTypes: [ReportBatchItemFailures], ScalingConfig: {"
                    + " MaximumConcurrency: !Ref Size } } }"))
        .containsExactly(
            new Stack.Trigger.Sqs(
                "E", "arn:aws:sqs:eu-central-1:000000000000:Queue", 5, Duration.ZERO, 5, true));
    assertThat(
            triggers(
                "E: { Type: Schedule, Properties: { Schedule: rate(1 minute), Input: '{}' } }"))
        .singleElement()
        .isInstanceOfSatisfying(
            Stack.Trigger.Schedule.class,
            schedule -> {
              assertThat(schedule.source()).isEqualTo("aws.events");
              assertThat(schedule.when()).isEqualTo(new ScheduleExpression.Rate(1));
              assertThat(schedule.input()).isEqualTo("{}");
            });
    assertThat(
            triggers(
                "E: { Type: ScheduleV2, Properties: { ScheduleExpression: rate(1 minute), State:"
                    + " DISABLED } }"))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{ Type: S3, Properties: {} } | no event source S3",
        "{ Type: HttpApi, Properties: { ApiId: Nope, Path: /a, Method: get } } |"
            + " Events.E.ApiId: there is no HTTP API Nope",
        "{ Type: HttpApi, Properties: { ApiId: !Ref Api, Path: '/{a}:b', Method: get } } |"
            + " Events.E.Properties: route /{a}:b is refused",
        "{ Type: HttpApi, Properties: { Path: /a, Method: get } } | ApiId is missing",
        "{ Type: SQS, Properties: { Queue: q, BatchSize: many } } | many is not a whole number",
        "{ Type: SQS, Properties: { Queue: q, BatchSize: 11 } } | MaximumBatchingWindow",
        "{ Type: SQS, Properties: { Queue: q, BatchSize: 0 } } | not within 1 to 10000",
        "{ Type: SQS, Properties: { Queue: q, ScalingConfig: { MaximumConcurrency: 1 } } } |"
            + " at least 2",
        "{ Type: Schedule, Properties: { Schedule: hourly } } | neither rate",
      })
  void anEventThatAwsWouldRefuseIsNamed(String event, String message) {
    assertThatThrownBy(() -> triggers("E: " + event))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void twoFunctionsCannotShareARoute() {
    String event = "{ Type: HttpApi, Properties: { ApiId: !Ref Api, Path: /a, Method: get } }";

    assertThatThrownBy(() -> triggers("{ E: " + event + ", F: " + event + " }"))
        .hasMessageContaining("is also that of");
  }

  @Test
  void queuesAndTablesKeepWhatMatters() throws IOException {
    Stack stack =
        resolve(
            """
            Resources:
              Dead: { Type: "AWS::SQS::Queue", Properties: { MessageRetentionPeriod: 1209600 } }
              Work:
                Type: AWS::SQS::Queue
                Properties:
                  VisibilityTimeout: 720
                  RedrivePolicy: { deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 20 }
              Table:
                Type: AWS::DynamoDB::Table
                Properties:
                  TableName: things
                  AttributeDefinitions:
                    - { AttributeName: pk, AttributeType: S }
                    - { AttributeName: mark, AttributeType: N }
                  KeySchema: [{ AttributeName: pk, KeyType: HASH }]
                  LocalSecondaryIndexes:
                    - IndexName: marks
                      KeySchema:
                        - { AttributeName: pk, KeyType: HASH }
                        - { AttributeName: mark, KeyType: RANGE }
                      Projection: { ProjectionType: KEYS_ONLY }
                  TimeToLiveSpecification: { AttributeName: end, Enabled: true }
            """);

    assertThat(the(stack.queues(), "Dead").attributes()).isEmpty();
    assertThat(the(stack.queues(), "Work").attributes())
        .containsEntry("VisibilityTimeout", "720")
        .containsEntry(
            "RedrivePolicy",
            "{\"deadLetterTargetArn\":\"arn:aws:sqs:eu-central-1:000000000000:Dead\","
                + "\"maxReceiveCount\":20}");
    assertThat(the(stack.tables(), "Table"))
        .isEqualTo(
            new Stack.Table(
                "Table",
                "things",
                Map.of("pk", "S", "mark", "N"),
                new Stack.Key("pk", null),
                List.of(
                    new Stack.Index("marks", new Stack.Key("pk", "mark"), "KEYS_ONLY", List.of())),
                List.of(),
                "end"));
  }

  @Test
  void corsIsReadAndItsImpossibleFormRefused() throws IOException {
    String api =
        """
        Resources:
          Api:
            Type: AWS::Serverless::HttpApi
            Properties: { CorsConfiguration: %s }
        """;

    assertThat(the(resolve(api.formatted("true")).apis(), "Api").cors())
        .isEqualTo(new Cors(List.of("*"), List.of(), List.of(), List.of(), null, false));
    assertThat(
            the(
                    resolve(api.formatted("{ AllowOrigins: [a], AllowMethods: [GET], MaxAge: 5 }"))
                        .apis(),
                    "Api")
                .cors())
        .isEqualTo(new Cors(List.of("a"), List.of("GET"), List.of(), List.of(), 5, false));
    assertThatThrownBy(
            () -> resolve(api.formatted("{ AllowOrigins: ['*'], AllowCredentials: true }")))
        .hasMessageContaining("AllowCredentials with the origin *");
  }

  @Test
  void parametersAreCheckedAndConditionsLeaveResourcesOut() throws IOException {
    String yaml =
        """
        Parameters:
          Needed: { Type: String }
        Conditions:
          Wanted: !Equals [!Ref Needed, "on-please"]
        Resources:
          Queue: { Type: "AWS::SQS::Queue", Condition: Wanted }
        """;

    assertThat(resolve(yaml, Map.of("Needed", "on-please")).queues()).containsKey("Queue");
    assertThat(resolve(yaml, Map.of("Needed", "off-please")).queues()).isEmpty();
    assertThatThrownBy(() -> resolve(yaml)).hasMessageContaining("Needed has no default");
    assertThatThrownBy(() -> resolve(yaml, Map.of("Needed", "x", "Extra", "y")))
        .hasMessageContaining("no parameter Extra");
  }

  @Test
  void whatIsNoTemplateIsRefused() {
    assertThatThrownBy(() -> read("- a list")).hasMessageContaining("not a YAML mapping");
    assertThatThrownBy(() -> read("a: [")).hasMessageContaining("not valid YAML");
    assertThatThrownBy(() -> read("a: 1\na: 2")).hasMessageContaining("not valid YAML");
    assertThatThrownBy(() -> read("a: !!java.util.Date x")).hasMessageContaining("not valid YAML");
    assertThatThrownBy(() -> Template.read(directory.resolve("missing.yaml")))
        .hasMessageContaining("missing.yaml");
  }
}

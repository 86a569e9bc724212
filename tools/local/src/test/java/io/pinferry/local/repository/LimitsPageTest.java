package io.pinferry.local.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** docs/limits.md has the numbers of the code. */
final class LimitsPageTest {
  private static final List<String> LINES =
      Repository.read(Path.of("docs/limits.md")).lines().toList();

  @ParameterizedTest
  @CsvSource({
    "a body, http.Endpoint.BODY_BYTES_MAX",
    "a body, write.WriteRoutes.BODY_BYTES_MAX",
    "JSON in a body, base.Json.NESTING_DEPTH_MAX",
    "a text in a body, http.JsonBody.TEXT_LENGTH_MAX",
    "an id or name in a path, http.Router.VARIABLE_LENGTH_MAX",
    "'`groupRef`, `consumerRef`', directory.Group.REF_LENGTH_MAX",
    "`updateMask`, http.UpdateMask.PATHS_MAX",
    "the path and the query of a proxied request, proxy.ProxyAddress.LENGTH_MAX",
    "an answer of a door, http.ApiResponse.BYTES_MAX",
    "the issues of an answer, http.Problems.ISSUES_MAX",
    "the issues of an answer, base.Issue.DETAIL_LENGTH_MAX",
    "a page of a list, management.OperationRoutes.PAGE_SIZE_MAX",
    "a page of a list, management.DeadLetterRoutes.PAGE_SIZE_MAX",
    "a list of all operations of a project, management.OperationRoutes.LOOKS_MAX",
    "the log of an operation, management.OperationRoutes.LOG_LINES_MAX",
    "a time in which a door answers, write.Writes.TIME_MAX",
    "a time in which a door answers, proxy.ProxyService.TIME_MAX",
    "the name of a project; its `appName`, directory.Project.APP_NAME_LENGTH_MAX",
    "rules in `proxyAllowed`, management.ProjectRoutes.PROXY_RULES_MAX",
    "labels of API keys and of JWT keys, directory.ApiKey.LABEL_LENGTH_MAX",
    "labels of API keys and of JWT keys, directory.JwtKey.LABEL_LENGTH_MAX",
    "a public key, directory.RsaPublicKeys.BITS_MIN",
    "a public key, directory.RsaPublicKeys.BITS_MAX",
    "a public key, directory.RsaPublicKeys.PEM_LENGTH_MAX",
    "`metadata` of a provider app, management.ProviderAppRoutes.METADATA_LENGTH_MAX",
    "`metadata` of a provider app, management.ProviderAppRoutes.PARAMETERS_MAX",
    "`providerMetadata` of a connection, connection.ConnectionChange.METADATA_MAX",
    "`providerMetadata` of a connection, connection.ConnectionChange.METADATA_LENGTH_MAX",
    "the address of a destination, directory.DestinationRules.URL_LENGTH_MAX",
    "headers of a destination, directory.WebhookHeaders.COUNT_MAX",
    "headers of a destination, directory.WebhookHeaders.VALUE_LENGTH_MAX",
    "headers of a destination, directory.WebhookHeaders.SUM_LENGTH_MAX",
    "a deploy, manifest.ManifestZip.ZIP_BYTES_MAX",
    "a deploy, manifest.ManifestParser.YAML_BYTES_MAX",
    "a deploy, management.Uploads.TTL",
    "the config of an installation, manifest.ConfigMerge.BYTES_MAX",
    "a schedule, manifest.CommonChecks.READ_GAP_MIN",
    "a backfill, manifest.CommonChecks.BACKFILL_DAYS_MAX",
    "an OAuth state, connection.OauthConnect.STATE_TTL",
    "a page after Pinterest, connection.OauthStates.ARRIVAL_KEPT",
    "a JWT, http.JwtReader.LIFE_MAX",
    "a JWT, http.JwtReader.TOKEN_LENGTH_MAX",
    "a JWT, http.JwtReader.AHEAD_MAX",
    "refreshes of a connection's token, connection.AccessTokens.REFRESHES_APART",
    "tokens in a process, connection.AccessTokens.CACHED_MAX",
    "a data key of tokens in DynamoDB, aws.KmsDataKeys.CACHED",
    "a data key of tokens in DynamoDB, aws.KmsDataKeys.USES_MAX",
    "a request that moves tokens, management.TokenMoveRoutes.MOVE_MAX",
    "an operation, read.Watchdog.AGE_MAX",
    "a partition without progress, read.PartitionSync.SHARED_LEASES_MAX",
    "a page of Pinterest, client.ListRequest.PAGE_BYTES_MAX",
    "undelivered messages, read.Partition.UNDELIVERED_MAX",
    "undelivered messages, read.Backlog.MAX",
    "a message, read.PageMessages.MESSAGE_BYTES_MAX",
    "a record, read.PageMessages.LINKED_BYTES_MAX",
    "a record, delivery.ResultLinks.VALID",
    "operations and results; their log, aws.OperationItems.KEPT",
    "operations and results; their log, aws.OperationItems.LOG_KEPT",
    "an attempt, delivery.Delivery.TIMEOUT",
    "`Retry-After` of a webhook, delivery.Delivery.RETRY_AFTER_MAX",
    "a dead letter, delivery.DeadLetters.KEPT",
    "dead letters sent again per request, delivery.Redrive.AT_ONCE_MAX",
    "a notification in the outbox, notification.Outbox.KEPT",
    "records of a batch, write.WriteRequest.RECORDS_MAX",
    "an asynchronous write, write.WriteRequest.DEADLINE_HOURS_MAX",
    "a gathered write, write.WriteRequest.DELAY_MINUTES_MAX",
    "a gathered write, write.AutoBatches.RECORDS_MAX",
    "an `Idempotency-Key`, write.IdempotencyKey.LENGTH_MAX",
    "a redirect of a video's address, net.OkHttpFileRelay.REDIRECTS_MAX",
    "a proxied request, proxy.ProxyService.TIME_MAX",
    "an answer of Pinterest, proxy.ProxyService.ANSWER_BYTES_MAX",
    "the wait for the rate budget, proxy.ProxyService.BUDGET_WAIT_MAX",
    "the wait for the rate budget, proxy.ProxyService.BUDGET_WAIT_IF_THROTTLING",
    "a page of a list, pinterest.ListCall.PAGE_SIZE_MAX",
    "a message in SQS, aws.SqsSender.BATCH_BYTES_MAX",
    "an item in DynamoDB; a transaction, aws.DynamoDb.TRANSACTION_WRITES_MAX",
    "'an answer of DynamoDB, SQS, Secrets Manager or KMS', aws.AwsClients.READ_TIMEOUT",
    "'a request of a door, whatever hangs', http.Endpoint.TIME_MAX",
    "requests of a door at the same time, local.cloud.LocalCloud.DOOR_ENVIRONMENTS_MAX",
    "requests of a door at the same time, local.cloud.LocalCloud.ENVIRONMENTS_MAX",
    "requests of a door at the same time, local.cloud.ApiGateway.BUSY_WAIT_MAX",
    "free space on the disk of `--data`, local.cloud.DataDisk.FREE_BYTES_MIN",
  })
  void aLimitIsThatOfTheCode(String what, String constant) throws ReflectiveOperationException {
    String value = told(value(constant));

    assertThat(LINES.stream().filter(line -> line.startsWith("| " + what + " |")))
        .as(what)
        .isNotEmpty()
        .anySatisfy(
            line -> assertThat(line).containsPattern("(?<![\\d,])" + value + "(?![\\d,]*\\d)"));
  }

  @ParameterizedTest
  @CsvSource({"DoorRate", "DoorBurst"})
  void aLimitIsThatOfTheTemplate(String parameter) {
    Matcher of =
        Pattern.compile("(?m)^  " + parameter + ":\\n(?:    .*\\n)*?    Default: (\\d+)$")
            .matcher(Repository.read(Path.of("template.yaml")));
    assertThat(of.find()).isTrue();

    assertThat(LINES)
        .anySatisfy(
            line ->
                assertThat(line)
                    .startsWith("| requests of a door in a second |")
                    .containsPattern(
                        told(Integer.parseInt(of.group(1))) + "[^,|]*\\(`" + parameter + "`\\)"));
  }

  private static Object value(String constant) throws ReflectiveOperationException {
    int dot = constant.lastIndexOf('.');
    Field field =
        Class.forName("io.pinferry." + constant.substring(0, dot))
            .getDeclaredField(constant.substring(dot + 1));
    field.setAccessible(true);
    return field.get(null);
  }

  private static String told(Object value) {
    return switch (value) {
      case Duration time when time.toDays() > 2 -> time.toDays() + "(?= (and \\d+ )?days)";
      case Duration time when time.toHours() > 1 -> time.toHours() + "(?= hours)";
      case Duration time when time.toMinutes() > 1 -> time.toMinutes() + "(?= minutes)";
      case Duration time -> time.toSeconds() + "(?= s)";
      case Number number -> String.format(Locale.ROOT, "%,d", number.longValue());
      default -> throw new IllegalArgumentException("no limit: " + value);
    };
  }
}

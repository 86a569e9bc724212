package io.pinferry.local.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.InvalidParameterException;
import software.amazon.awssdk.services.secretsmanager.model.InvalidRequestException;
import software.amazon.awssdk.services.secretsmanager.model.ResourceExistsException;
import software.amazon.awssdk.services.secretsmanager.model.ResourceNotFoundException;
import software.amazon.awssdk.services.secretsmanager.model.SecretVersionsListEntry;
import software.amazon.awssdk.services.secretsmanager.model.SecretsManagerException;

/** The secrets server through the real client. */
class LocalSecretsComponentTest {

  private final SecretsManagerClient secrets = EmbeddedParts.secrets();
  private final String name = EmbeddedParts.unique("connections/token");

  private String create(String value) {
    return secrets.createSecret(request -> request.name(name).secretString(value)).versionId();
  }

  private String put(String value, String... stages) {
    return secrets
        .putSecretValue(request -> request.secretId(name).secretString(value).versionStages(stages))
        .versionId();
  }

  private String current() {
    return secrets.getSecretValue(request -> request.secretId(name)).secretString();
  }

  @Test
  void aCreatedSecretIsReadByNameAndByArn() {
    var created = secrets.createSecret(request -> request.name(name).secretString("first"));

    var byName = secrets.getSecretValue(request -> request.secretId(name));
    var byArn = secrets.getSecretValue(request -> request.secretId(created.arn()));

    assertThat(byName.secretString()).isEqualTo("first");
    assertThat(byName.versionStages()).containsExactly("AWSCURRENT");
    assertThat(byName.arn()).matches("arn:aws:secretsmanager:.*:secret:" + name + "-\\w{6}");
    // equals() also compares the headers, whose Date differs where a second has begun between.
    assertThat(byArn.equalsBySdkFields(byName)).isTrue();
    assertThat(byName.createdDate()).isBefore(Instant.now().plusSeconds(1));
  }

  @Test
  void binaryValuesComeBackAsTheyWere() {
    var bytes = SdkBytes.fromByteArray(new byte[] {0, -1, 7});
    secrets.createSecret(request -> request.name(name).secretBinary(bytes));

    assertThat(secrets.getSecretValue(request -> request.secretId(name)).secretBinary())
        .isEqualTo(bytes);
  }

  @Test
  void creatingTwiceFailsUnlessItIsTheSameRequest() {
    String token = UUID.randomUUID().toString();
    var first =
        secrets.createSecret(
            request -> request.name(name).secretString("a").clientRequestToken(token));
    var again =
        secrets.createSecret(
            request -> request.name(name).secretString("a").clientRequestToken(token));

    assertThat(again.equalsBySdkFields(first)).as("%s, %s", again, first).isTrue();
    assertThatThrownBy(() -> create("a"))
        .isInstanceOf(ResourceExistsException.class)
        .hasMessageContaining(name + " already exists");
  }

  @Test
  void aMissingSecretIsNotFound() {
    assertThatThrownBy(this::current)
        .isInstanceOf(ResourceNotFoundException.class)
        .hasMessageContaining("can't find the specified secret");
    assertThatThrownBy(() -> put("value")).isInstanceOf(ResourceNotFoundException.class);
    assertThatThrownBy(() -> secrets.describeSecret(request -> request.secretId(name)))
        .isInstanceOf(ResourceNotFoundException.class);
    assertThatThrownBy(() -> secrets.deleteSecret(request -> request.secretId(name)))
        .isInstanceOf(ResourceNotFoundException.class);
  }

  @Test
  void aPutMovesTheCurrentLabelAndKeepsThePreviousOne() {
    String first = create("first");
    String second = put("second");
    String third = put("third");

    assertThat(current()).isEqualTo("third");
    assertThat(
            secrets
                .getSecretValue(request -> request.secretId(name).versionStage("AWSPREVIOUS"))
                .secretString())
        .isEqualTo("second");
    assertThat(stages(first)).isEmpty();
    assertThat(stages(second)).containsExactly("AWSPREVIOUS");
    assertThat(stages(third)).containsExactly("AWSCURRENT");
    // A version without labels is still there for whoever knows its id.
    assertThat(
            secrets
                .getSecretValue(request -> request.secretId(name).versionId(first))
                .secretString())
        .isEqualTo("first");
  }

  private List<String> stages(String versionId) {
    return secrets
        .describeSecret(request -> request.secretId(name))
        .versionIdsToStages()
        .getOrDefault(versionId, List.of());
  }

  @Test
  void aPutUnderALabelOfItsOwnLeavesTheCurrentValue() {
    create("first");
    String pending = put("second", "refreshed");

    assertThat(current()).isEqualTo("first");
    assertThat(
            secrets
                .getSecretValue(request -> request.secretId(name).versionStage("refreshed"))
                .secretString())
        .isEqualTo("second");
    assertThat(stages(pending)).containsExactly("refreshed");
  }

  @Test
  void aRepeatedPutIsOnePut() {
    create("first");
    String token = UUID.randomUUID().toString();
    for (int i = 0; i < 2; i++) {
      secrets.putSecretValue(
          request -> request.secretId(name).secretString("second").clientRequestToken(token));
    }

    assertThat(
            secrets
                .listSecretVersionIds(request -> request.secretId(name).includeDeprecated(true))
                .versions())
        .hasSize(2);
    assertThatThrownBy(
            () ->
                secrets.putSecretValue(
                    request ->
                        request.secretId(name).secretString("other").clientRequestToken(token)))
        .isInstanceOf(ResourceExistsException.class)
        .hasMessageContaining("already in use");
  }

  @Test
  void theFirstValueBecomesCurrentWhateverItsLabel() {
    secrets.createSecret(request -> request.name(name));
    assertThatThrownBy(this::current).isInstanceOf(ResourceNotFoundException.class);

    String version = put("first", "refreshed");

    assertThat(current()).isEqualTo("first");
    assertThat(stages(version)).containsExactlyInAnyOrder("refreshed", "AWSCURRENT");
  }

  @Test
  void aLabelMovesOnlyFromTheVersionThatHoldsIt() {
    String first = create("first");
    String second = put("second", "refreshed-2");
    String third = put("third", "refreshed-3");
    move("AWSCURRENT", second, first);

    assertThat(current()).isEqualTo("second");
    assertThat(stages(first)).containsExactly("AWSPREVIOUS");
    // The loser of the race read `first` as current and wants to put `third` there.
    assertThatThrownBy(() -> move("AWSCURRENT", third, first))
        .isInstanceOf(InvalidParameterException.class)
        .hasMessageContaining("currently attached to version " + second);
    assertThatThrownBy(() -> move("AWSCURRENT", third, null))
        .isInstanceOf(InvalidParameterException.class)
        .hasMessageContaining("RemoveFromVersionId can't be empty");
    assertThat(current()).isEqualTo("second");
  }

  private void move(String stage, @Nullable String to, @Nullable String from) {
    secrets.updateSecretVersionStage(
        request ->
            request
                .secretId(name)
                .versionStage(stage)
                .moveToVersionId(to)
                .removeFromVersionId(from));
  }

  @Test
  void aLabelCanBeAttachedAndTakenOffAgain() {
    String first = create("first");
    move("mine", first, null);
    assertThat(stages(first)).contains("mine");

    move("mine", null, first);
    assertThat(stages(first)).containsExactly("AWSCURRENT");

    assertThatThrownBy(() -> move("mine", null, first))
        .isInstanceOf(InvalidParameterException.class)
        .hasMessageContaining("not attached");
    assertThatThrownBy(() -> move("AWSCURRENT", null, first))
        .isInstanceOf(InvalidParameterException.class)
        .hasMessageContaining("completely removed");
    assertThatThrownBy(() -> move("mine", UUID.randomUUID().toString(), null))
        .isInstanceOf(ResourceNotFoundException.class);
  }

  @Test
  void aVersionIsReadWithItsLabelOnly() {
    String first = create("first");

    assertThatThrownBy(
            () ->
                secrets.getSecretValue(
                    request -> request.secretId(name).versionId(first).versionStage("other")))
        .isInstanceOf(InvalidRequestException.class);
    assertThatThrownBy(
            () -> secrets.getSecretValue(request -> request.secretId(name).versionStage("other")))
        .isInstanceOf(ResourceNotFoundException.class)
        .hasMessageContaining("staging label: other");
  }

  @Test
  void aListNamesLabelledVersionsAndOnRequestAll() {
    create("first");
    put("second");
    put("third");

    assertThat(secrets.listSecretVersionIds(request -> request.secretId(name)).versions())
        .extracting(SecretVersionsListEntry::versionStages)
        .containsExactlyInAnyOrder(List.of("AWSPREVIOUS"), List.of("AWSCURRENT"));
    assertThat(
            secrets
                .listSecretVersionIds(request -> request.secretId(name).includeDeprecated(true))
                .versions())
        .hasSize(3);
  }

  @Test
  void aForcedDeletionIsFinalAndRepeatable() {
    create("first");
    secrets.deleteSecret(request -> request.secretId(name).forceDeleteWithoutRecovery(true));

    assertThatThrownBy(this::current).isInstanceOf(ResourceNotFoundException.class);
    secrets.deleteSecret(request -> request.secretId(name).forceDeleteWithoutRecovery(true));
    create("again");
    assertThat(current()).isEqualTo("again");
  }

  @Test
  void aPlannedDeletionHidesTheValueUntilItIsRestored() {
    create("first");
    secrets.deleteSecret(request -> request.secretId(name));

    assertThatThrownBy(this::current)
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("marked for deletion");
    assertThatThrownBy(() -> create("again")).isInstanceOf(InvalidRequestException.class);
    secrets.restoreSecret(request -> request.secretId(name));
    assertThat(current()).isEqualTo("first");
    assertThatThrownBy(
            () ->
                secrets.deleteSecret(
                    request ->
                        request
                            .secretId(name)
                            .forceDeleteWithoutRecovery(true)
                            .recoveryWindowInDays(7L)))
        .isInstanceOf(InvalidParameterException.class);
  }

  @Test
  void badInputIsRefused() {
    assertThatThrownBy(() -> secrets.createSecret(request -> request.name("a b").secretString("x")))
        .isInstanceOf(SecretsManagerException.class)
        .hasMessageContaining("Invalid name");
    create("first");
    assertThatThrownBy(() -> put("x".repeat(65_537)))
        .isInstanceOf(SecretsManagerException.class)
        .hasMessageContaining("65537");
    assertThatThrownBy(() -> secrets.putSecretValue(request -> request.secretId(name)))
        .isInstanceOf(InvalidParameterException.class);
    assertThatThrownBy(() -> secrets.tagResource(request -> request.secretId(name).tags(List.of())))
        .isInstanceOf(SecretsManagerException.class)
        .hasMessageContaining("TagResource");
  }

  @Test
  void aDirectoryKeepsSecretsAcrossServers(@TempDir Path directory) {
    String token = UUID.randomUUID().toString();
    try (var server = start(directory);
        var client = EmbeddedParts.secrets(server.endpoint())) {
      client.createSecret(request -> request.name(name).secretString("first"));
      client.putSecretValue(
          request ->
              request
                  .secretId(name)
                  .secretString("second")
                  .clientRequestToken(token)
                  .versionStages("refreshed"));
      client.createSecret(request -> request.name("gone").secretString("x"));
      client.deleteSecret(request -> request.secretId("gone").forceDeleteWithoutRecovery(true));
    }
    try (var server = start(directory);
        var client = EmbeddedParts.secrets(server.endpoint())) {
      assertThat(client.getSecretValue(request -> request.secretId(name)).secretString())
          .isEqualTo("first");
      assertThat(client.describeSecret(request -> request.secretId(name)).versionIdsToStages())
          .containsEntry(token, List.of("refreshed"))
          .hasSize(2);
      assertThat(client.listSecrets().secretList()).hasSize(1);
    }
  }

  private static LocalSecrets start(Path directory) {
    return LocalSecrets.start(
        EmbeddedParts.REGION,
        EmbeddedParts.ACCOUNT,
        InstantSource.system(),
        new SecureRandom(),
        directory);
  }

  @Test
  void aSecretTakesAHundredVersionsInADay() throws Exception {
    var now = new AtomicReference<>(Instant.EPOCH);
    var store = new SecretsStore("r", "a", now::get, new Random(1), null);
    store.answer("CreateSecret", version("Name", 0));
    for (int number = 1; number < 100; number++) {
      now.updateAndGet(before -> before.plus(Duration.ofMinutes(10)));
      store.answer("PutSecretValue", version("SecretId", number));
    }

    assertThatThrownBy(() -> store.answer("PutSecretValue", version("SecretId", 100)))
        .isInstanceOfSatisfying(
            ServiceRefusal.class,
            refusal -> assertThat(refusal.type()).isEqualTo("LimitExceededException"));

    now.set(Instant.EPOCH.plus(Duration.ofHours(24)));
    assertThatThrownBy(() -> store.answer("PutSecretValue", version("SecretId", 100)))
        .as("the oldest is a day old")
        .isInstanceOf(ServiceRefusal.class);
    now.updateAndGet(before -> before.plusSeconds(1));
    store.answer("PutSecretValue", version("SecretId", 100));
    assertThatThrownBy(() -> store.answer("PutSecretValue", version("SecretId", 101)))
        .isInstanceOf(ServiceRefusal.class);
  }

  private static JsonNode version(String nameMember, int number) {
    return new ObjectMapper()
        .valueToTree(
            Map.of(
                nameMember,
                "n",
                "ClientRequestToken",
                "t".repeat(30) + "-%03d".formatted(number),
                "SecretString",
                "value " + number));
  }

  @Test
  void aSecretThatWasDeletedLongAgoIsGone() throws Exception {
    var now = new AtomicReference<>(Instant.EPOCH);
    var store = new SecretsStore("r", "a", now::get, new Random(1), null);
    var json = new ObjectMapper();
    store.answer(
        "CreateSecret",
        json.valueToTree(Map.of("Name", "n", "ClientRequestToken", "t".repeat(32))));
    store.answer("DeleteSecret", json.valueToTree(Map.of("SecretId", "n")));

    now.set(Instant.EPOCH.plusSeconds(30L * 24 * 3600));

    assertThatThrownBy(
            () -> store.answer("DescribeSecret", json.valueToTree(Map.of("SecretId", "n"))))
        .isInstanceOf(ServiceRefusal.class)
        .hasMessageContaining("can't find");
  }
}

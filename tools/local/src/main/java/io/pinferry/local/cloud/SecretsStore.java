package io.pinferry.local.cloud;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The state and the rules of Secrets Manager, without sockets: secrets with versions, staging
 * labels that sit on one version each, and idempotency by client request token. With a directory,
 * each secret is one file, replaced atomically and synced before the answer.
 *
 * <p>Source: <a
 * href="https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Operations.html">Secrets
 * Manager API reference</a>.
 */
final class SecretsStore {

  private static final String CURRENT = "AWSCURRENT";
  private static final String PREVIOUS = "AWSPREVIOUS";
  private static final int VALUE_BYTES_MAX = 65_536;
  private static final int NAME_LENGTH_MAX = 512;
  private static final int STAGES_MAX = 20;
  private static final int VERSIONS_MAX = 100;

  /** A younger version is not dropped, even if it has no label. */
  private static final Duration KEPT_MIN = Duration.ofHours(24);

  private static final int TOKEN_LENGTH_MIN = 32;
  private static final int TOKEN_LENGTH_MAX = 64;
  private static final int RECOVERY_DAYS_DEFAULT = 30;
  private static final int RECOVERY_DAYS_MIN = 7;
  private static final int RECOVERY_DAYS_MAX = 30;
  private static final int ARN_SUFFIX_LENGTH = 6;
  private static final String ARN_ALPHABET =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String arnPrefix;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final @Nullable Path directory;
  private final Map<String, Secret> secrets = new HashMap<>();
  private final ReentrantLock lock = new ReentrantLock();

  /**
   * Opens the store.
   *
   * @param directory where the secrets are kept; null keeps them in memory
   */
  SecretsStore(
      String region,
      String account,
      InstantSource clock,
      RandomGenerator random,
      @Nullable Path directory) {
    this.arnPrefix = "arn:aws:secretsmanager:" + region + ":" + account + ":secret:";
    this.clock = clock;
    this.random = random;
    this.directory = directory;
    if (directory != null) {
      load(directory);
    }
  }

  /** Answers one request of the JSON protocol. */
  ObjectNode answer(String operation, JsonNode request) throws ServiceRefusal {
    lock.lock();
    try {
      return switch (operation) {
        case "CreateSecret" -> create(request);
        case "GetSecretValue" -> get(request);
        case "PutSecretValue" -> put(request);
        case "UpdateSecretVersionStage" -> moveStage(request);
        case "DescribeSecret" -> describe(request);
        case "ListSecretVersionIds" -> listVersions(request);
        case "ListSecrets" -> list(request);
        case "DeleteSecret" -> delete(request);
        case "RestoreSecret" -> restore(request);
        default -> throw ServiceRefusal.unknownOperation(operation);
      };
    } finally {
      lock.unlock();
    }
  }

  private ObjectNode create(JsonNode request) throws ServiceRefusal {
    String name = text(request, "Name");
    if (name == null || !name.matches("[A-Za-z0-9/_+=.@-]{1," + NAME_LENGTH_MAX + "}")) {
      throw ServiceRefusal.invalid(
          "Invalid name. Must be 1 to 512 of alphanumeric characters or /_+=.@-");
    }
    @Nullable Value value = value(request);
    String token = token(request);
    Secret existing = live(name);
    if (existing != null) {
      if (existing.deletedAt != null) {
        throw ServiceRefusal.invalidRequest(
            "You can't create this secret because a secret with this name is already scheduled"
                + " for deletion.");
      }
      Version same = existing.versions.get(token);
      if (same == null || !Objects.equals(same.value, value)) {
        throw ServiceRefusal.exists(
            "The operation failed because the secret " + name + " already exists.");
      }
      return identity(existing).put("VersionId", token);
    }
    Instant now = clock.instant();
    var secret = new Secret(name, arnPrefix + name + "-" + suffix(), now);
    secret.description = text(request, "Description");
    ObjectNode answer = identity(secret);
    if (value != null) {
      var version = new Version(token, value, now);
      version.stages.add(CURRENT);
      secret.versions.put(token, version);
      answer.put("VersionId", token);
    }
    secrets.put(name, secret);
    store(secret);
    return answer;
  }

  private ObjectNode get(JsonNode request) throws ServiceRefusal {
    Secret secret = usable(request);
    String versionId = text(request, "VersionId");
    String stage = text(request, "VersionStage");
    Version version;
    if (versionId != null) {
      version = secret.versions.get(versionId);
      if (version == null) {
        throw ServiceRefusal.notFound(
            "Secrets Manager can't find the specified secret value for VersionId: " + versionId);
      }
      if (stage != null && !version.stages.contains(stage)) {
        throw ServiceRefusal.invalidRequest(
            "You provided a VersionStage that is not associated to the provided VersionId.");
      }
    } else {
      String label = stage == null ? CURRENT : stage;
      version = secret.holder(label);
      if (version == null) {
        throw ServiceRefusal.notFound(
            "Secrets Manager can't find the specified secret value for staging label: " + label);
      }
    }
    ObjectNode answer = identity(secret).put("VersionId", version.id);
    version.value.writeTo(answer);
    answer.set("VersionStages", array(version.stages));
    return answer.put("CreatedDate", seconds(version.createdAt));
  }

  private ObjectNode put(JsonNode request) throws ServiceRefusal {
    Secret secret = usable(request);
    Value value = value(request);
    if (value == null) {
      throw ServiceRefusal.invalidParameter(
          "You must provide either SecretString or SecretBinary.");
    }
    Set<String> stages = stages(request);
    String token = token(request);
    Version existing = secret.versions.get(token);
    if (existing != null) {
      if (!existing.value.equals(value)) {
        throw ServiceRefusal.exists(
            "You can't use ClientRequestToken "
                + token
                + " because that value is already in use for a version of secret "
                + secret.arn
                + ".");
      }
      return stored(secret, existing);
    }
    Instant now = clock.instant();
    dropOutdated(secret, now.minus(KEPT_MIN));
    if (secret.versions.size() >= VERSIONS_MAX) {
      throw ServiceRefusal.limitExceeded(
          "The secret has "
              + VERSIONS_MAX
              + " versions that are labelled or younger than 24 hours.");
    }
    var version = new Version(token, value, now);
    if (secret.holder(CURRENT) == null) {
      // A secret's first value always becomes the current one.
      stages.add(CURRENT);
    }
    secret.versions.put(token, version);
    for (String stage : stages) {
      attach(secret, stage, version);
    }
    secret.changedAt = version.createdAt;
    store(secret);
    return stored(secret, version);
  }

  private ObjectNode stored(Secret secret, Version version) {
    ObjectNode answer = identity(secret).put("VersionId", version.id);
    answer.set("VersionStages", array(version.stages));
    return answer;
  }

  private ObjectNode moveStage(JsonNode request) throws ServiceRefusal {
    Secret secret = usable(request);
    String stage = text(request, "VersionStage");
    if (stage == null || stage.isEmpty()) {
      throw ServiceRefusal.invalidParameter("You must provide a VersionStage.");
    }
    String from = text(request, "RemoveFromVersionId");
    String to = text(request, "MoveToVersionId");
    if (from == null && to == null) {
      throw ServiceRefusal.invalidParameter(
          "You must provide either MoveToVersionId or RemoveFromVersionId.");
    }
    Version target = to == null ? null : version(secret, to);
    if (from != null) {
      version(secret, from);
    }
    Version holder = secret.holder(stage);
    // This refusal is what makes the operation a compare-and-set: whoever names a version that has
    // lost the label meanwhile changes nothing.
    if (holder != null && !holder.id.equals(from)) {
      throw ServiceRefusal.invalidParameter(
          from == null
              ? "The parameter RemoveFromVersionId can't be empty. Staging label "
                  + stage
                  + " is currently attached to version "
                  + holder.id
                  + ", so you must explicitly reference that version in RemoveFromVersionId."
              : "The parameter RemoveFromVersionId is not valid. Staging label "
                  + stage
                  + " is currently attached to version "
                  + holder.id
                  + ", not to version "
                  + from
                  + ".");
    }
    if (holder == null && from != null) {
      throw ServiceRefusal.invalidParameter(
          "The parameter RemoveFromVersionId is not valid. Staging label "
              + stage
              + " is not attached to version "
              + from
              + ".");
    }
    if (target == null) {
      if (stage.equals(CURRENT)) {
        throw ServiceRefusal.invalidParameter(
            "You can only move staging label AWSCURRENT to a different secret version. It can't be"
                + " completely removed.");
      }
      Objects.requireNonNull(holder).stages.remove(stage);
    } else {
      attach(secret, stage, target);
    }
    secret.changedAt = clock.instant();
    store(secret);
    return identity(secret);
  }

  /** Moves a label; the version that loses AWSCURRENT becomes the previous one. */
  private static void attach(Secret secret, String stage, Version target) {
    Version holder = secret.holder(stage);
    if (holder == target) {
      return;
    }
    if (holder != null) {
      holder.stages.remove(stage);
      if (stage.equals(CURRENT)) {
        Version previous = secret.holder(PREVIOUS);
        if (previous != null) {
          previous.stages.remove(PREVIOUS);
        }
        holder.stages.add(PREVIOUS);
      }
    }
    target.stages.add(stage);
  }

  /**
   * Makes room for a version. Only versions without a label that are a day old are dropped.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html">
   *     Quotas</a>
   */
  private static void dropOutdated(Secret secret, Instant createdBefore) {
    var oldestFirst = secret.versions.values().iterator();
    while (secret.versions.size() >= VERSIONS_MAX && oldestFirst.hasNext()) {
      Version version = oldestFirst.next();
      if (version.stages.isEmpty() && version.createdAt.isBefore(createdBefore)) {
        oldestFirst.remove();
      }
    }
  }

  private ObjectNode describe(JsonNode request) throws ServiceRefusal {
    Secret secret = find(request);
    ObjectNode answer = summary(secret);
    ObjectNode stages = answer.putObject("VersionIdsToStages");
    for (Version version : secret.versions.values()) {
      if (!version.stages.isEmpty()) {
        stages.set(version.id, array(version.stages));
      }
    }
    return answer;
  }

  private ObjectNode summary(Secret secret) {
    ObjectNode answer = identity(secret);
    if (secret.description != null) {
      answer.put("Description", secret.description);
    }
    answer.put("CreatedDate", seconds(secret.createdAt));
    answer.put("LastChangedDate", seconds(secret.changedAt));
    if (secret.deletedAt != null) {
      answer.put("DeletedDate", seconds(secret.deletedAt));
    }
    return answer;
  }

  private ObjectNode listVersions(JsonNode request) throws ServiceRefusal {
    Secret secret = find(request);
    boolean deprecatedToo = request.path("IncludeDeprecated").asBoolean(false);
    ObjectNode answer = identity(secret);
    ArrayNode versions = answer.putArray("Versions");
    for (Version version : secret.versions.values()) {
      if (deprecatedToo || !version.stages.isEmpty()) {
        ObjectNode entry = versions.addObject().put("VersionId", version.id);
        entry.set("VersionStages", array(version.stages));
        entry.put("CreatedDate", seconds(version.createdAt));
      }
    }
    return answer;
  }

  private ObjectNode list(JsonNode request) {
    boolean deletedToo = request.path("IncludePlannedDeletion").asBoolean(false);
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    ArrayNode all = answer.putArray("SecretList");
    for (String name :
        secrets.keySet().stream().filter(name -> isWanted(name, request)).sorted().toList()) {
      Secret secret = live(name);
      if (secret != null && (deletedToo || secret.deletedAt == null)) {
        all.add(summary(secret));
      }
    }
    return answer;
  }

  /** The filter {@code name} matches beginnings of names. Filters of other keys are ignored. */
  private static boolean isWanted(String name, JsonNode request) {
    return request
        .path("Filters")
        .valueStream()
        .filter(filter -> filter.path("Key").asText().equals("name"))
        .allMatch(
            filter ->
                filter.path("Values").valueStream().anyMatch(one -> name.startsWith(one.asText())));
  }

  private ObjectNode delete(JsonNode request) throws ServiceRefusal {
    boolean force = request.path("ForceDeleteWithoutRecovery").asBoolean(false);
    JsonNode days = request.path("RecoveryWindowInDays");
    if (force && days.isNumber()) {
      throw ServiceRefusal.invalidParameter(
          "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.");
    }
    int window = days.asInt(RECOVERY_DAYS_DEFAULT);
    if (window < RECOVERY_DAYS_MIN || window > RECOVERY_DAYS_MAX) {
      throw ServiceRefusal.invalidParameter(
          "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).");
    }
    Instant now = clock.instant();
    if (force) {
      String id = secretId(request);
      Secret secret = find(id).orElse(null);
      if (secret == null) {
        // So that a repeated deletion succeeds; Secrets Manager promises this for the forced one.
        return JsonNodeFactory.instance
            .objectNode()
            .put("Name", id)
            .put("DeletionDate", seconds(now));
      }
      secrets.remove(secret.name);
      erase(secret);
      return identity(secret).put("DeletionDate", seconds(now));
    }
    Secret secret = usable(request);
    secret.deletedAt = now.plus(Duration.ofDays(window));
    store(secret);
    return identity(secret).put("DeletionDate", seconds(secret.deletedAt));
  }

  private ObjectNode restore(JsonNode request) throws ServiceRefusal {
    Secret secret = find(request);
    secret.deletedAt = null;
    store(secret);
    return identity(secret);
  }

  private static Version version(Secret secret, String id) throws ServiceRefusal {
    Version version = secret.versions.get(id);
    if (version == null) {
      throw ServiceRefusal.notFound(
          "Secrets Manager can't find the specified secret version: " + id);
    }
    return version;
  }

  private Secret usable(JsonNode request) throws ServiceRefusal {
    Secret secret = find(request);
    if (secret.deletedAt != null) {
      throw ServiceRefusal.invalidRequest(
          "You can't perform this operation on the secret because it was marked for deletion.");
    }
    return secret;
  }

  private Secret find(JsonNode request) throws ServiceRefusal {
    return find(secretId(request))
        .orElseThrow(
            () -> ServiceRefusal.notFound("Secrets Manager can't find the specified secret."));
  }

  private static String secretId(JsonNode request) throws ServiceRefusal {
    String id = text(request, "SecretId");
    if (id == null || id.isEmpty()) {
      throw ServiceRefusal.invalidParameter("You must provide a SecretId.");
    }
    return id;
  }

  /** Finds by name, by ARN, and by ARN without its random ending. */
  private Optional<Secret> find(String id) {
    Secret named = live(id);
    if (named != null) {
      return Optional.of(named);
    }
    if (!id.startsWith(arnPrefix)) {
      return Optional.empty();
    }
    String rest = id.substring(arnPrefix.length());
    Secret partial = live(rest);
    if (partial != null) {
      return Optional.of(partial);
    }
    int dash = rest.lastIndexOf('-');
    Secret full = dash < 0 ? null : live(rest.substring(0, dash));
    return full != null && full.arn.equals(id) ? Optional.of(full) : Optional.empty();
  }

  private @Nullable Secret live(String name) {
    Secret secret = secrets.get(name);
    if (secret != null && secret.deletedAt != null && !clock.instant().isBefore(secret.deletedAt)) {
      secrets.remove(name);
      erase(secret);
      return null;
    }
    return secret;
  }

  private static @Nullable Value value(JsonNode request) throws ServiceRefusal {
    String string = text(request, "SecretString");
    String binary = text(request, "SecretBinary");
    if (string != null && binary != null) {
      throw ServiceRefusal.invalidParameter(
          "You can't specify both a binary secret value and a string secret value in the same"
              + " secret.");
    }
    if (string == null && binary == null) {
      return null;
    }
    int size =
        string != null
            ? string.getBytes(StandardCharsets.UTF_8).length
            : Base64.getDecoder().decode(Objects.requireNonNull(binary)).length;
    if (size > VALUE_BYTES_MAX) {
      throw ServiceRefusal.invalid(
          "The secret value has " + size + " bytes; at most " + VALUE_BYTES_MAX + " are allowed.");
    }
    return new Value(string, binary);
  }

  private static Set<String> stages(JsonNode request) throws ServiceRefusal {
    var stages = new LinkedHashSet<String>();
    for (JsonNode stage : request.path("VersionStages")) {
      stages.add(stage.asText());
    }
    if (stages.size() > STAGES_MAX) {
      throw ServiceRefusal.invalidParameter("A version can have at most 20 staging labels.");
    }
    if (stages.isEmpty()) {
      stages.add(CURRENT);
    }
    return stages;
  }

  private String token(JsonNode request) throws ServiceRefusal {
    String token = text(request, "ClientRequestToken");
    if (token == null) {
      throw ServiceRefusal.invalidRequest(
          "You must provide a ClientRequestToken value. We recommend a UUID-type value.");
    }
    if (token.length() < TOKEN_LENGTH_MIN || token.length() > TOKEN_LENGTH_MAX) {
      throw ServiceRefusal.invalidParameter(
          "ClientRequestToken must have 32 to 64 characters, but has " + token.length() + ".");
    }
    return token;
  }

  private String suffix() {
    var suffix = new StringBuilder(ARN_SUFFIX_LENGTH);
    for (int i = 0; i < ARN_SUFFIX_LENGTH; i++) {
      suffix.append(ARN_ALPHABET.charAt(random.nextInt(ARN_ALPHABET.length())));
    }
    return suffix.toString();
  }

  private static ObjectNode identity(Secret secret) {
    return JsonNodeFactory.instance.objectNode().put("ARN", secret.arn).put("Name", secret.name);
  }

  private static ArrayNode array(Set<String> values) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    values.forEach(array::add);
    return array;
  }

  private static @Nullable String text(JsonNode node, String field) {
    JsonNode value = node.get(field);
    return value == null || value.isNull() ? null : value.asText();
  }

  private static double seconds(Instant instant) {
    return instant.toEpochMilli() / 1000.0;
  }

  private void store(Secret secret) {
    if (directory == null) {
      return;
    }
    Path file = file(directory, secret.name);
    Path next = file.resolveSibling(file.getFileName() + ".next");
    try {
      write(next, JSON.writeValueAsBytes(secret.toJson()));
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      syncDirectory(directory);
    } catch (IOException e) {
      throw new UncheckedIOException("the secret " + secret.name + " cannot be stored", e);
    }
  }

  private void erase(Secret secret) {
    if (directory == null) {
      return;
    }
    try {
      Files.deleteIfExists(file(directory, secret.name));
      syncDirectory(directory);
    } catch (IOException e) {
      throw new UncheckedIOException("the secret " + secret.name + " cannot be erased", e);
    }
  }

  private static void write(Path file, byte[] content) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer buffer = ByteBuffer.wrap(content);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
    }
  }

  private static void syncDirectory(Path directory) throws IOException {
    // Without this the rename itself may be lost when the machine, not only the process, dies.
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Names may hold slashes and differ only in case, so the file is named by their digest. */
  private static Path file(Path directory, String name) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
      return directory.resolve(HexFormat.of().formatHex(digest) + ".json");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private void load(Path from) {
    try {
      Files.createDirectories(from);
      List<Path> files = new ArrayList<>();
      try (var found = Files.newDirectoryStream(from, "*.json")) {
        found.forEach(files::add);
      }
      for (Path file : files) {
        Secret secret = Secret.fromJson(JSON.readTree(Files.readAllBytes(file)));
        secrets.put(secret.name, secret);
      }
    } catch (NoSuchFileException | JsonProcessingException e) {
      throw new IllegalStateException(
          "the secrets in " + from + " cannot be read; remove the directory to start afresh", e);
    } catch (IOException e) {
      throw new UncheckedIOException("the secrets in " + from + " cannot be read", e);
    }
  }

  /** Exactly one of the two is present; the binary form is kept as it came, in base64. */
  private record Value(@Nullable String string, @Nullable String binary) {

    void writeTo(ObjectNode node) {
      if (string != null) {
        node.put("SecretString", string);
      }
      if (binary != null) {
        node.put("SecretBinary", binary);
      }
    }

    static Value from(JsonNode node) {
      return new Value(text(node, "SecretString"), text(node, "SecretBinary"));
    }

    @Override
    public String toString() {
      return "Value[hidden]";
    }
  }

  private static final class Version {

    private final String id;
    private final Value value;
    private final Instant createdAt;
    private final Set<String> stages = new LinkedHashSet<>();

    private Version(String id, Value value, Instant createdAt) {
      this.id = id;
      this.value = value;
      this.createdAt = createdAt;
    }
  }

  private static final class Secret {

    private final String name;
    private final String arn;
    private final Instant createdAt;
    private final Map<String, Version> versions = new LinkedHashMap<>();
    private Instant changedAt;
    private @Nullable String description;
    private @Nullable Instant deletedAt;

    private Secret(String name, String arn, Instant createdAt) {
      this.name = name;
      this.arn = arn;
      this.createdAt = createdAt;
      this.changedAt = createdAt;
    }

    private @Nullable Version holder(String stage) {
      for (Version version : versions.values()) {
        if (version.stages.contains(stage)) {
          return version;
        }
      }
      return null;
    }

    private ObjectNode toJson() {
      ObjectNode node =
          JsonNodeFactory.instance
              .objectNode()
              .put("name", name)
              .put("arn", arn)
              .put("createdAt", createdAt.toString())
              .put("changedAt", changedAt.toString());
      if (description != null) {
        node.put("description", description);
      }
      if (deletedAt != null) {
        node.put("deletedAt", deletedAt.toString());
      }
      ArrayNode all = node.putArray("versions");
      for (Version version : versions.values()) {
        ObjectNode entry =
            all.addObject().put("id", version.id).put("createdAt", version.createdAt.toString());
        version.value.writeTo(entry);
        entry.set("stages", array(version.stages));
      }
      return node;
    }

    private static Secret fromJson(JsonNode node) {
      var secret =
          new Secret(
              node.path("name").asText(),
              node.path("arn").asText(),
              Instant.parse(node.path("createdAt").asText()));
      secret.changedAt = Instant.parse(node.path("changedAt").asText());
      secret.description = text(node, "description");
      String deletedAt = text(node, "deletedAt");
      secret.deletedAt = deletedAt == null ? null : Instant.parse(deletedAt);
      for (JsonNode entry : node.path("versions")) {
        var version =
            new Version(
                entry.path("id").asText(),
                Value.from(entry),
                Instant.parse(entry.path("createdAt").asText()));
        entry.path("stages").forEach(stage -> version.stages.add(stage.asText()));
        secret.versions.put(version.id, version);
      }
      return secret;
    }
  }
}

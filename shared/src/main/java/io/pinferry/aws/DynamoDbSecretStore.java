package io.pinferry.aws;

import io.pinferry.base.IdSource;
import io.pinferry.base.PinferryException.NotFound;
import io.pinferry.base.Secret;
import io.pinferry.base.Tasks;
import io.pinferry.directory.SecretStore;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * Secrets in a DynamoDB table with the key {@code pk}, one item per secret, encrypted in an {@link
 * Envelope}. The item names the current version and the one that was stored last, and has each
 * version's bytes in an attribute of its own. A promotion is one conditional update. Versions that
 * were replaced before their promotion stay for a while, since they can still be promoted.
 */
public final class DynamoDbSecretStore implements SecretStore {
  private static final String SERVICE = "DynamoDB";
  private static final String CURRENT = "currentVersion";
  private static final String LAST = "lastVersion";
  private static final String VALUE_PREFIX = "value_";

  /** Ends the key of the item that holds the value beside a secret. */
  private static final String ASIDE = "/aside";

  /** How many replaced versions are kept; each is some kilobyte, an item has at most 400. */
  private static final int REPLACED_MAX = 20;

  private final DynamoDb dynamoDb;
  private final String table;
  private final Envelope envelope;
  private final String prefix;
  private final IdSource ids;
  private final Tasks tasks;

  /**
   * @param prefix the owner of the secrets; a part of what their encryption is bound to
   */
  DynamoDbSecretStore(
      DynamoDbClient client,
      String table,
      Envelope envelope,
      String prefix,
      IdSource ids,
      Tasks tasks) {
    this.dynamoDb = new DynamoDb(client, tasks);
    this.table = table;
    this.envelope = envelope;
    this.prefix = prefix;
    this.ids = ids;
    this.tasks = tasks;
  }

  @Override
  public StoredSecret create(String name, Secret value) {
    String version = newVersion();
    boolean created =
        dynamoDb
            .updated(
                write(name, version, value)
                    .set(CURRENT, Values.text(version))
                    // The version is in the item already when the SDK retries a successful update.
                    .when(ItemWrite.ABSENT + " OR #" + CURRENT + " = :" + CURRENT))
            .isPresent();
    if (!created) {
      throw new IllegalStateException("there is a secret " + name + " already");
    }
    return new StoredSecret(name, version, value);
  }

  @Override
  public Optional<StoredSecret> find(String name) {
    return dynamoDb.get(table, name).map(item -> stored(name, item, item.text(CURRENT)));
  }

  @Override
  public Optional<StoredSecret> findPending(String name) {
    return dynamoDb
        .get(table, name)
        .filter(item -> !item.text(LAST).equals(item.text(CURRENT)))
        .map(item -> stored(name, item, item.text(LAST)));
  }

  @Override
  public StoredSecret storePending(String name, Secret value) {
    String version = newVersion();
    boolean stored =
        AwsFailures.storing(
            SERVICE,
            () -> {
              Item present = dynamoDb.get(table, name).orElseThrow(() -> notFound(name));
              ItemWrite write = write(name, version, value).when(ItemWrite.EXISTS);
              replaced(present).forEach(write::remove);
              return dynamoDb.updated(write).isPresent();
            });
    if (!stored) {
      throw notFound(name);
    }
    return new StoredSecret(name, version, value);
  }

  /** Returns the attributes of replaced versions beyond those that are kept, oldest first. */
  private static List<String> replaced(Item item) {
    List<String> values =
        item.attributes().keySet().stream()
            .filter(attribute -> attribute.startsWith(VALUE_PREFIX))
            .filter(attribute -> !attribute.equals(attribute(item.text(CURRENT))))
            .sorted(Comparator.naturalOrder())
            .toList();
    return values.subList(0, Math.max(0, values.size() - REPLACED_MAX));
  }

  @Override
  public boolean promote(String name, String expectedCurrentVersion, String pendingVersion) {
    if (expectedCurrentVersion.equals(pendingVersion)) {
      return find(name)
          .map(current -> current.version().equals(pendingVersion))
          .orElseThrow(() -> notFound(name));
    }
    var update =
        new ItemWrite(table, name)
            .set(CURRENT, Values.text(pendingVersion))
            .remove(attribute(expectedCurrentVersion))
            .when("#" + CURRENT + " = :expected")
            .when("attribute_exists(#" + attribute(pendingVersion) + ")")
            .value("expected", Values.text(expectedCurrentVersion));
    return switch (dynamoDb.update(update)) {
      case DynamoDb.UpdateResult.Success _ -> true;
      case DynamoDb.UpdateResult.Refusal(Item found) -> {
        if (found == null || !found.has(attribute(pendingVersion))) {
          throw notFound(name);
        }
        yield found.text(CURRENT).equals(pendingVersion);
      }
    };
  }

  @Override
  public StoredSecret storeAside(String name, Secret value) {
    String version = newVersion();
    var _ =
        AwsFailures.storing(
            SERVICE,
            () ->
                dynamoDb.update(
                    new ItemWrite(table, name + ASIDE)
                        .set(CURRENT, Values.text(version))
                        .set(
                            VALUE_PREFIX,
                            Values.bytes(envelope.seal(prefix + name + ASIDE, value)))));
    return new StoredSecret(name + ASIDE, version, value);
  }

  @Override
  public Optional<StoredSecret> findAside(String name) {
    String aside = name + ASIDE;
    return dynamoDb
        .get(table, aside)
        .map(
            item ->
                new StoredSecret(
                    aside,
                    item.text(CURRENT),
                    envelope.open(prefix + aside, item.bytes(VALUE_PREFIX))));
  }

  @Override
  public void delete(String name) {
    var _ =
        dynamoDb.transact(
            List.of(
                new ItemWrite(table, name).delete(), new ItemWrite(table, name + ASIDE).delete()));
  }

  private ItemWrite write(String name, String version, Secret value) {
    return new ItemWrite(table, name)
        .set(LAST, Values.text(version))
        .set(attribute(version), Values.bytes(envelope.seal(prefix + name, value)));
  }

  private StoredSecret stored(String name, Item item, String version) {
    return new StoredSecret(
        name, version, envelope.open(prefix + name, item.bytes(attribute(version))));
  }

  /** Returns a version; later ones sort behind earlier ones. */
  private String newVersion() {
    return Values.sortable(tasks.now()) + "_" + ids.uuid().replace("-", "");
  }

  private static String attribute(String version) {
    return VALUE_PREFIX + version.replace("-", "_");
  }

  private static NotFound notFound(String name) {
    return new NotFound("there is no secret " + name + ", or no such version of it");
  }
}

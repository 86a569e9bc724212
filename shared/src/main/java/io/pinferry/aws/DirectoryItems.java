package io.pinferry.aws;

import io.pinferry.directory.DirectoryWrite;
import io.pinferry.directory.Document;
import io.pinferry.directory.DocumentKey;
import java.time.Instant;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/**
 * Items of the Directory table: {@code pk}, {@code sk}, {@code json}, {@code version}, {@code
 * expiresAt}. DynamoDB removes expired items some time later, so every condition also compares the
 * time.
 */
final class DirectoryItems {
  static final String ALIVE = "attribute_not_exists(#expiresAt) OR #expiresAt > :now";

  private static final String JSON = "json";
  private static final String VERSION = "version";
  private static final String EXISTS = ItemWrite.EXISTS + " AND (" + ALIVE + ")";
  private static final String IS_VERSION = "#version = :expected AND (" + ALIVE + ")";
  private static final String ABSENT = ItemWrite.ABSENT + " OR #expiresAt <= :now";

  private DirectoryItems() {}

  static Document document(Item item) {
    return new Document(
        new DocumentKey(item.text(Item.PK), item.text(Item.SK)),
        item.text(JSON),
        item.number(VERSION),
        item.expiresAt());
  }

  /** Returns a write as a part of a transaction. */
  static TransactWriteItem write(String table, DirectoryWrite write, Instant now) {
    DocumentKey key = write.key();
    AttributeValue nowSeconds = Values.seconds(now);
    var item = new ItemWrite(table, key.partition(), key.sort());
    return switch (write) {
      case DirectoryWrite.Create create ->
          item.when(ABSENT)
              .value("now", nowSeconds)
              .put(
                  Item.keyed(key.partition(), key.sort())
                      .with(JSON, create.json())
                      .with(VERSION, 1)
                      .expiringAt(create.expiresAt()));
      case DirectoryWrite.Replace replace -> {
        if (replace.expiresAt() != null) {
          item.set(Item.EXPIRES_AT, Values.seconds(replace.expiresAt()));
        }
        yield item.set(JSON, Values.text(replace.json()))
            .set(VERSION, Values.number(replace.expectedVersion() + 1))
            .when(IS_VERSION)
            .value("expected", Values.number(replace.expectedVersion()))
            .value("now", nowSeconds)
            .update();
      }
      case DirectoryWrite.Remove remove ->
          item.when(IS_VERSION)
              .value("expected", Values.number(remove.expectedVersion()))
              .value("now", nowSeconds)
              .delete();
      case DirectoryWrite.Discard _ -> item.delete();
      case DirectoryWrite.Require _ -> item.when(EXISTS).value("now", nowSeconds).check();
      case DirectoryWrite.Absent _ -> item.when(ABSENT).value("now", nowSeconds).check();
    };
  }
}

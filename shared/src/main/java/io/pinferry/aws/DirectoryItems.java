package io.pinferry.aws;

import io.pinferry.directory.DirectoryWrite;
import io.pinferry.directory.Document;
import io.pinferry.directory.DocumentKey;
import java.time.Instant;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/**
 * Items of the Directory table: {@code pk}, {@code sk}, {@code json}, {@code version}, {@code
 * expiresAt}. DynamoDB removes what has expired some time later, so every condition looks at the
 * clock too.
 */
final class DirectoryItems {
  static final String ALIVE = "attribute_not_exists(#expiresAt) OR #expiresAt > :now";

  private static final String JSON = "json";
  private static final String VERSION = "version";
  private static final String EXISTS = "attribute_exists(#pk) AND (" + ALIVE + ")";
  private static final String IS_VERSION = "#version = :expected AND (" + ALIVE + ")";
  private static final String ABSENT = "attribute_not_exists(#pk) OR #expiresAt <= :now";

  private DirectoryItems() {}

  static Document document(Item item) {
    return new Document(
        new DocumentKey(item.text(Item.PK), item.text(Item.SK)),
        item.text(JSON),
        item.number(VERSION),
        item.expiresAt());
  }

  /** Returns the write as a part of a transaction. */
  static TransactWriteItem write(String table, DirectoryWrite write, Instant now) {
    DocumentKey key = write.key();
    AttributeValue nowSeconds = Values.seconds(now);
    var item = TransactWriteItem.builder();
    switch (write) {
      case DirectoryWrite.Create create ->
          item.put(
              put ->
                  put.tableName(table)
                      .item(
                          Item.keyed(key.partition(), key.sort())
                              .with(JSON, create.json())
                              .with(VERSION, 1)
                              .expiringAt(create.expiresAt())
                              .attributes())
                      .conditionExpression(ABSENT)
                      .expressionAttributeNames(ItemUpdate.names(ABSENT))
                      .expressionAttributeValues(Map.of(":now", nowSeconds)));
      case DirectoryWrite.Replace replace ->
          item.update(
              new ItemUpdate(table, key.partition(), key.sort())
                  .set(JSON, Values.text(replace.json()))
                  .set(VERSION, Values.number(replace.expectedVersion() + 1))
                  .when(IS_VERSION)
                  .value("expected", Values.number(replace.expectedVersion()))
                  .value("now", nowSeconds)
                  .inTransaction());
      case DirectoryWrite.Remove remove ->
          item.delete(
              delete ->
                  delete
                      .tableName(table)
                      .key(Item.key(key.partition(), key.sort()))
                      .conditionExpression(IS_VERSION)
                      .expressionAttributeNames(ItemUpdate.names(IS_VERSION))
                      .expressionAttributeValues(
                          Map.of(
                              ":expected",
                              Values.number(remove.expectedVersion()),
                              ":now",
                              nowSeconds)));
      case DirectoryWrite.Discard discard ->
          item.delete(delete -> delete.tableName(table).key(Item.key(key.partition(), key.sort())));
      case DirectoryWrite.Require require ->
          item.conditionCheck(
              check ->
                  check
                      .tableName(table)
                      .key(Item.key(key.partition(), key.sort()))
                      .conditionExpression(EXISTS)
                      .expressionAttributeNames(ItemUpdate.names(EXISTS))
                      .expressionAttributeValues(Map.of(":now", nowSeconds)));
    }
    return item.build();
  }
}

package io.pinferry.aws;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;

/**
 * One write of one item: an update by itself, or any part of a transaction. In conditions and
 * expressions {@code #name} stands for the attribute of that name, so no attribute collides with a
 * reserved word of DynamoDB.
 */
final class ItemWrite {
  static final String EXISTS = "attribute_exists(#pk)";
  static final String ABSENT = "attribute_not_exists(#pk)";

  private static final Pattern NAME = Pattern.compile("#(\\w+)");

  private final String table;
  private final Map<String, AttributeValue> key;
  private final List<String> sets = new ArrayList<>();
  private final List<String> removes = new ArrayList<>();
  private final List<String> adds = new ArrayList<>();
  private final List<String> deletes = new ArrayList<>();
  private final Map<String, AttributeValue> values = new HashMap<>();
  private @Nullable String condition;

  ItemWrite(String table, Map<String, AttributeValue> key) {
    this.table = table;
    this.key = key;
  }

  ItemWrite(String table, String pk, String sk) {
    this(table, Item.key(pk, sk));
  }

  /** For a table without sort keys. */
  ItemWrite(String table, String pk) {
    this(table, Map.of(Item.PK, Values.text(pk)));
  }

  /** Sets an attribute; null removes it. */
  ItemWrite set(String name, @Nullable AttributeValue value) {
    if (value == null) {
      return remove(name);
    }
    sets.add("#" + name + " = :" + name);
    return value(name, value);
  }

  /** Sets an attribute to an expression over the old item. */
  ItemWrite compute(String name, String expression) {
    sets.add("#" + name + " = " + expression);
    return this;
  }

  ItemWrite setIfAbsent(String name, AttributeValue value) {
    sets.add("#" + name + " = if_not_exists(#" + name + ", :" + name + ")");
    return value(name, value);
  }

  ItemWrite remove(String name) {
    removes.add("#" + name);
    return this;
  }

  /** Adds to a set or a number. An absent set is empty, an absent number is 0. */
  ItemWrite add(String name, AttributeValue added) {
    adds.add("#" + name + " :" + name);
    return value(name, added);
  }

  /** Deletes elements from a set. An empty set becomes absent. */
  ItemWrite delete(String name, AttributeValue set) {
    deletes.add("#" + name + " :" + name);
    return value(name, set);
  }

  /** Sets the value of {@code :name} in a condition or expression. */
  ItemWrite value(String name, AttributeValue value) {
    values.put(":" + name, value);
    return this;
  }

  /** Adds a condition. All conditions must hold. */
  ItemWrite when(String condition) {
    String inner = "(" + condition + ")";
    this.condition = this.condition == null ? inner : this.condition + " AND " + inner;
    return this;
  }

  /** Returns the update. Its response has the new item, or the present one after a refusal. */
  UpdateItemRequest request() {
    String expression = expression();
    return UpdateItemRequest.builder()
        .tableName(table)
        .key(key)
        .updateExpression(expression)
        .conditionExpression(condition)
        .expressionAttributeNames(names(expression, condition))
        .expressionAttributeValues(values())
        .returnValues(ReturnValue.ALL_NEW)
        .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD)
        .build();
  }

  /** Returns the update as a part of a transaction. */
  TransactWriteItem update() {
    String expression = expression();
    return TransactWriteItem.builder()
        .update(
            update ->
                update
                    .tableName(table)
                    .key(key)
                    .updateExpression(expression)
                    .conditionExpression(condition)
                    .expressionAttributeNames(names(expression, condition))
                    .expressionAttributeValues(values()))
        .build();
  }

  /** Returns a part of a transaction that deletes the item. */
  TransactWriteItem delete() {
    return TransactWriteItem.builder()
        .delete(
            delete ->
                delete
                    .tableName(table)
                    .key(key)
                    .conditionExpression(condition)
                    .expressionAttributeNames(names(condition))
                    .expressionAttributeValues(values()))
        .build();
  }

  /** Returns a part of a transaction that only checks the condition. */
  TransactWriteItem check() {
    return TransactWriteItem.builder()
        .conditionCheck(
            check ->
                check
                    .tableName(table)
                    .key(key)
                    .conditionExpression(condition)
                    .expressionAttributeNames(names(condition))
                    .expressionAttributeValues(values()))
        .build();
  }

  /** Returns a part of a transaction that puts an item with this key. */
  TransactWriteItem put(Item item) {
    return TransactWriteItem.builder()
        .put(
            put ->
                put.tableName(table)
                    .item(item.attributes())
                    .conditionExpression(condition)
                    .expressionAttributeNames(names(condition))
                    .expressionAttributeValues(values()))
        .build();
  }

  private @Nullable Map<String, AttributeValue> values() {
    return values.isEmpty() ? null : values;
  }

  private String expression() {
    var all = new StringBuilder();
    append(all, "SET ", sets);
    append(all, "REMOVE ", removes);
    append(all, "ADD ", adds);
    append(all, "DELETE ", deletes);
    return all.toString();
  }

  private static void append(StringBuilder all, String verb, List<String> clauses) {
    if (!clauses.isEmpty()) {
      all.append(all.isEmpty() ? "" : " ").append(verb).append(String.join(", ", clauses));
    }
  }

  /** Returns the attribute name of every {@code #name} in the expressions; null for none. */
  static @Nullable Map<String, String> names(@Nullable String... expressions) {
    Map<String, String> names = new HashMap<>();
    for (String expression : expressions) {
      if (expression != null) {
        for (Matcher found = NAME.matcher(expression); found.find(); ) {
          names.put(found.group(), found.group(1));
        }
      }
    }
    return names.isEmpty() ? null : names;
  }
}

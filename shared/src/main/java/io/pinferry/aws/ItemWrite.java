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
import software.amazon.awssdk.services.dynamodb.model.Update;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;

/**
 * One update of one item. In conditions and expressions {@code #name} stands for the attribute of
 * that name, so no attribute collides with DynamoDB's reserved words.
 */
final class ItemUpdate {
  private static final Pattern NAME = Pattern.compile("#(\\w+)");

  private final String table;
  private final Map<String, AttributeValue> key;
  private final List<String> sets = new ArrayList<>();
  private final List<String> removes = new ArrayList<>();
  private final List<String> adds = new ArrayList<>();
  private final List<String> deletes = new ArrayList<>();
  private final Map<String, AttributeValue> values = new HashMap<>();
  private @Nullable String condition;

  ItemUpdate(String table, String pk, String sk) {
    this.table = table;
    key = Item.key(pk, sk);
  }

  /** For a table without sort keys. */
  ItemUpdate(String table, String pk) {
    this.table = table;
    key = Map.of(Item.PK, Values.text(pk));
  }

  /** Sets an attribute; null removes it. */
  ItemUpdate set(String name, @Nullable AttributeValue value) {
    if (value == null) {
      return remove(name);
    }
    sets.add("#" + name + " = :" + name);
    return value(name, value);
  }

  /** Sets an attribute to what DynamoDB computes from the item as it was before. */
  ItemUpdate compute(String name, String expression) {
    sets.add("#" + name + " = " + expression);
    return this;
  }

  ItemUpdate setIfAbsent(String name, AttributeValue value) {
    sets.add("#" + name + " = if_not_exists(#" + name + ", :" + name + ")");
    return value(name, value);
  }

  ItemUpdate remove(String name) {
    removes.add("#" + name);
    return this;
  }

  /** Adds to a set or a number, which comes into being with the first element, or as zero. */
  ItemUpdate add(String name, AttributeValue added) {
    adds.add("#" + name + " :" + name);
    return value(name, added);
  }

  /** Deletes from a set, which ceases to be with its last element. */
  ItemUpdate delete(String name, AttributeValue set) {
    deletes.add("#" + name + " :" + name);
    return value(name, set);
  }

  /** Gives {@code :name} of a condition or expression its value. */
  ItemUpdate value(String name, AttributeValue value) {
    values.put(":" + name, value);
    return this;
  }

  /** Adds a condition, which must hold with all others. */
  ItemUpdate when(String condition) {
    String inner = "(" + condition + ")";
    this.condition = this.condition == null ? inner : this.condition + " AND " + inner;
    return this;
  }

  /** Returns the request, which answers with the item after it, or as it is when refused. */
  UpdateItemRequest request() {
    String expression = expression();
    return UpdateItemRequest.builder()
        .tableName(table)
        .key(key)
        .updateExpression(expression)
        .conditionExpression(condition)
        .expressionAttributeNames(names(expression, condition))
        .expressionAttributeValues(values.isEmpty() ? null : values)
        .returnValues(ReturnValue.ALL_NEW)
        .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD)
        .build();
  }

  /** Returns the same as a part of a transaction. */
  Update inTransaction() {
    String expression = expression();
    return Update.builder()
        .tableName(table)
        .key(key)
        .updateExpression(expression)
        .conditionExpression(condition)
        .expressionAttributeNames(names(expression, condition))
        .expressionAttributeValues(values.isEmpty() ? null : values)
        .build();
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

  /** Returns the attribute name of every {@code #name} in the expressions. */
  static Map<String, String> names(@Nullable String... expressions) {
    Map<String, String> names = new HashMap<>();
    for (String expression : expressions) {
      if (expression != null) {
        for (Matcher found = NAME.matcher(expression); found.find(); ) {
          names.put(found.group(), found.group(1));
        }
      }
    }
    return names;
  }
}

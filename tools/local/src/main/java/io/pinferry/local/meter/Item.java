package io.pinferry.local.meter;

import java.util.Locale;

/** An item of AWS's bill, in the unit that has a price. */
public enum Item {
  LAMBDA_REQUEST,
  LAMBDA_GIGABYTE_SECOND,
  DYNAMO_DB_WRITE_UNIT,
  DYNAMO_DB_READ_UNIT,
  SQS_REQUEST,
  /** The surcharge of a request to SQS whose messages have a group. */
  SQS_FAIR_REQUEST,
  SECRETS_MANAGER_CALL,
  SECRET_MONTH,
  KMS_CALL,
  KMS_KEY_MONTH,
  API_REQUEST,
  LOG_GIGABYTE,
  METRIC_MONTH,
  ALARM_METRIC_MONTH,
  DASHBOARD_MONTH,
  SCHEDULER_INVOCATION,
  TRANSFER_OUT_GIGABYTE;

  /** Returns the name in prices.json, lambdaRequest for example. */
  String id() {
    String[] words = name().toLowerCase(Locale.ROOT).split("_", -1);
    var id = new StringBuilder(words[0]);
    for (int i = 1; i < words.length; i++) {
      id.append(words[i].substring(0, 1).toUpperCase(Locale.ROOT)).append(words[i].substring(1));
    }
    return id.toString();
  }

  /** Returns the name for people, lambda request for example. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  static Item of(String id) {
    for (Item item : values()) {
      if (item.id().equals(id)) {
        return item;
      }
    }
    throw new IllegalArgumentException("prices.json has the item " + id + ", which nothing counts");
  }
}

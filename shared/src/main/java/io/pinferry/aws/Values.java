package io.pinferry.aws;

import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Makes attribute values. Instants are milliseconds, except where DynamoDB needs seconds. */
final class Values {
  /** Fifteen digits of milliseconds, until the year 33658. As texts they sort by time. */
  private static final long SORTABLE_MILLIS_MAX = 999_999_999_999_999L;

  private Values() {}

  static AttributeValue text(String value) {
    return AttributeValue.fromS(value);
  }

  static AttributeValue number(long value) {
    return AttributeValue.fromN(Long.toString(value));
  }

  static AttributeValue bytes(byte[] value) {
    return AttributeValue.fromB(SdkBytes.fromByteArray(value));
  }

  static AttributeValue millis(Instant value) {
    return number(value.toEpochMilli());
  }

  /** Whole seconds, for time to live. */
  static AttributeValue seconds(Instant value) {
    return number(value.getEpochSecond());
  }

  /** A set of texts. DynamoDB has no empty set. */
  static AttributeValue set(Collection<String> values) {
    return AttributeValue.builder().ss(values).build();
  }

  static AttributeValue map(Map<String, String> values) {
    Map<String, AttributeValue> map = new HashMap<>();
    values.forEach((name, value) -> map.put(name, text(value)));
    return AttributeValue.fromM(map);
  }

  /** Returns an instant as a text that sorts by time. */
  static String sortable(Instant instant) {
    return sortable(instant.toEpochMilli());
  }

  static String sortable(long epochMillis) {
    if (epochMillis < 0 || epochMillis > SORTABLE_MILLIS_MAX) {
      throw new IllegalArgumentException(
          epochMillis + " ms is no time between 1970 and the year 33658");
    }
    return "%015d".formatted(epochMillis);
  }
}

package io.pinferry.local.cloud;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;

/**
 * The event that Lambda makes of a batch of messages, and what it reads from the function's answer.
 * Source: <a href="https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html">
 * error handling for an SQS event source</a>.
 */
final class SqsEvent {

  private static final ObjectMapper JSON = new ObjectMapper();

  private SqsEvent() {}

  static byte[] toJson(List<Message> messages, String queueArn, String region) {
    var bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeArrayFieldStart("Records");
      for (Message message : messages) {
        json.writeStartObject();
        json.writeStringField("messageId", message.messageId());
        json.writeStringField("receiptHandle", message.receiptHandle());
        json.writeStringField("body", message.body());
        json.writeObjectFieldStart("attributes");
        for (Map.Entry<String, String> attribute : message.attributesAsStrings().entrySet()) {
          json.writeStringField(attribute.getKey(), attribute.getValue());
        }
        json.writeEndObject();
        json.writeObjectFieldStart("messageAttributes");
        for (var attribute : message.messageAttributes().entrySet()) {
          json.writeFieldName(attribute.getKey());
          writeAttribute(json, attribute.getValue());
        }
        json.writeEndObject();
        json.writeStringField("md5OfBody", message.md5OfBody());
        json.writeStringField("eventSource", "aws:sqs");
        json.writeStringField("eventSourceARN", queueArn);
        json.writeStringField("awsRegion", region);
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("an event cannot be written to memory", e);
    }
    return bytes.toByteArray();
  }

  private static void writeAttribute(JsonGenerator json, MessageAttributeValue value)
      throws IOException {
    json.writeStartObject();
    if (value.stringValue() != null) {
      json.writeStringField("stringValue", value.stringValue());
    }
    if (value.binaryValue() != null) {
      json.writeStringField(
          "binaryValue", Base64.getEncoder().encodeToString(value.binaryValue().asByteArray()));
    }
    json.writeArrayFieldStart("stringListValues");
    json.writeEndArray();
    json.writeArrayFieldStart("binaryListValues");
    json.writeEndArray();
    json.writeStringField("dataType", value.dataType());
    json.writeEndObject();
  }

  /**
   * Returns the messages that were processed and may be deleted: all when the answer is empty, null
   * or names no failure; none when it is not understood or names a message outside the batch.
   */
  static List<Message> succeeded(List<Message> batch, byte[] answer) {
    if (answer.length == 0) {
      return batch;
    }
    JsonNode failures;
    try {
      failures = JSON.readTree(answer).path("batchItemFailures");
    } catch (JacksonException e) {
      return List.of();
    } catch (IOException e) {
      throw new UncheckedIOException("an answer cannot be read from memory", e);
    }
    if (failures.isMissingNode() || failures.isNull()) {
      return batch;
    }
    if (!failures.isArray()) {
      return List.of();
    }
    Set<String> ids = batch.stream().map(Message::messageId).collect(Collectors.toSet());
    var failed = new HashSet<String>();
    for (JsonNode failure : failures) {
      String id = failure.path("itemIdentifier").asText("");
      if (!ids.contains(id)) {
        return List.of();
      }
      failed.add(id);
    }
    return batch.stream().filter(message -> !failed.contains(message.messageId())).toList();
  }
}

package io.pinferry.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.aws.InvocationContext;
import io.pinferry.base.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;

/** Builds events as an API Gateway HTTP API sends them, and sends them to an endpoint. */
public final class HttpEvents {
  private final ObjectNode event = Json.object();

  private HttpEvents(String method, String path, String query) {
    event.put("version", "2.0");
    event.put("routeKey", "ANY /{path+}");
    event.put("rawPath", path);
    event.put("rawQueryString", query);
    event.putObject("pathParameters").put("path", path.replaceFirst("^/", ""));
    event.putObject("headers").put("accept", "*/*").put("host", "api.example.com");
    ObjectNode context = event.putObject("requestContext");
    context.put("accountId", "123456789012");
    context.put("domainName", "api.example.com");
    context.put("requestId", "JKJaXmPLvHcESHA=");
    context
        .putObject("http")
        .put("method", method)
        .put("path", path)
        .put("sourceIp", "203.0.113.9");
    event.put("isBase64Encoded", false);
  }

  /** An event without a body; the path may end in a query. */
  public static HttpEvents request(String method, String pathAndQuery) {
    int mark = pathAndQuery.indexOf('?');
    return mark < 0
        ? new HttpEvents(method, pathAndQuery, "")
        : new HttpEvents(method, pathAndQuery.substring(0, mark), pathAndQuery.substring(mark + 1));
  }

  /**
   * An event as API Gateway makes it of an encoded question mark in a path: {@code rawPath} ends
   * there, the route's variable does not.
   */
  public static HttpEvents cutAtQuestionMark(String method, String path) {
    HttpEvents events = new HttpEvents(method, path.substring(0, path.indexOf('?')), "");
    events.event.withObject("/pathParameters").put("path", path.substring(1));
    return events;
  }

  public HttpEvents header(String name, String value) {
    event.withObject("/headers").put(name, value);
    return this;
  }

  public HttpEvents key(String key) {
    return header("x-api-key", key);
  }

  public HttpEvents body(String text) {
    event.put("body", text);
    return this;
  }

  public HttpEvents base64Body(byte[] bytes) {
    event.put("body", Base64.getEncoder().encodeToString(bytes)).put("isBase64Encoded", true);
    return this;
  }

  /** Returns the event, to be changed at will. */
  public ObjectNode event() {
    return event;
  }

  /** Returns the request that the event holds. */
  public ApiRequest read() {
    try {
      return ApiRequest.read(Door.API, new ByteArrayInputStream(Json.bytes(event)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Invokes a handler with the event and returns what it answers to Lambda, as text. */
  public String invoke(RequestStreamHandler handler) throws IOException {
    var answer = new ByteArrayOutputStream();
    handler.handleRequest(
        new ByteArrayInputStream(Json.bytes(event)), answer, new InvocationContext("invocation"));
    return answer.toString(UTF_8);
  }

  /** Sends the event and returns the function's answer as API Gateway would see it. */
  public JsonNode sendTo(Endpoint endpoint) {
    try {
      var answer = new ByteArrayOutputStream();
      endpoint.handle(new ByteArrayInputStream(Json.bytes(event)), answer);
      return Json.parse(answer.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the JSON body of a function's answer. */
  public static JsonNode bodyOf(JsonNode answer) {
    try {
      return Json.parse(answer.path("body").asText().getBytes(UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

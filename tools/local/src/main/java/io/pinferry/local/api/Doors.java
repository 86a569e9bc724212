package io.pinferry.local.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Json;
import io.pinferry.base.Secret;
import io.pinferry.local.api.Transport.Answer;
import io.pinferry.local.api.Transport.Call;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** The api, read and write doors of one project. */
public final class Doors {
  private static final String LOOK_FURTHER = "./pinferry doctor looks at all addresses.";

  private final Target target;
  private final Transport transport;
  private @Nullable String project;

  public Doors(Target target, Transport transport) {
    this.target = target;
    this.transport = transport;
    this.project = target.project();
  }

  public Target target() {
    return target;
  }

  /** Returns the project's id or name; asks for it if only the key knows. */
  public String project() {
    if (project == null) {
      project = onlyProject(get("/v1/my-info"));
    }
    return project;
  }

  private static String onlyProject(JsonNode info) {
    List<String> names = new ArrayList<>();
    String id = "";
    for (var role : info.path("projectRoles").properties()) {
      id = role.getKey();
      names.add(role.getValue().path("project").path("name").asText());
    }
    if (names.size() == 1) {
      return id;
    }
    throw new CommandFailure(
        ExitCode.USAGE,
        names.isEmpty() ? "there is no project yet" : "the key reaches several projects",
        names.isEmpty()
            ? "Create one: docs/operations.md."
            : "Name one with --project: " + String.join(", ", names) + ".");
  }

  /** Returns the path of something in the project. */
  public String path(String rest) {
    return "/v1/projects/" + encoded(project()) + rest;
  }

  /** Returns a text as it is written within a path or a query. */
  public static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8).replace("+", "%20");
  }

  /**
   * Returns the JSON at a path of the api door.
   *
   * @throws CommandFailure if there is no such answer
   */
  public JsonNode get(String path) {
    return json(succeeded(call("GET", target.api(), path, null)));
  }

  /** Returns the JSON at a path of the api door; empty if there is nothing. */
  public Optional<JsonNode> find(String path) {
    Call call = call("GET", target.api(), path, null);
    Answer answer = answer(call);
    return answer.status() == 404 && isPinferrys(answer)
        ? Optional.empty()
        : Optional.of(json(checked(call, answer)));
  }

  /** Sends JSON, and returns the JSON of the answer. */
  public JsonNode post(String path, JsonNode body) {
    return json(succeeded(call("POST", target.api(), path, body)));
  }

  /** Sends JSON to the api door, and returns the whole answer. */
  public Answer put(String path, JsonNode body) {
    return succeeded(call("PUT", target.api(), path, body));
  }

  /** Sends JSON, and returns the JSON of the answer. */
  public JsonNode patch(String path, JsonNode body) {
    return json(succeeded(call("PATCH", target.api(), path, body)));
  }

  /** Returns whether Pinferry runs on this computer. */
  public boolean isOnThisComputer() {
    return Targets.isThisComputer(target.api());
  }

  /** Sends JSON to the api door, and returns the text of the answer. */
  String postForText(String path, JsonNode body) {
    return succeeded(call("POST", target.api(), path, body)).body();
  }

  /** Sends JSON to the read door, and returns the JSON of the answer. */
  public JsonNode postToRead(String path, JsonNode body) {
    URI read = target.read();
    if (read == null) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "the address of the read door is not known",
          "Set PINFERRY_READ, or the member read of the profile. Behind AWS it is the output"
              + " ReadUrl of the stack.");
    }
    return json(succeeded(call("POST", read, path, body)));
  }

  /**
   * Sends records to the write door.
   *
   * @param idempotencyKey a repeat with the same key and body writes nothing, and gets the answer
   *     of the first request
   * @return the answer with a result for each record, also if none is written
   */
  public Answer postToWrite(String path, JsonNode body, String idempotencyKey) {
    URI write = target.write();
    if (write == null) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "the address of the write door is not known",
          "Set PINFERRY_WRITE, or the member write of the profile. Behind AWS it is the output"
              + " WriteUrl of the stack.");
    }
    Call call =
        new Call("POST", write.resolve(path), target.key(), Json.text(body), idempotencyKey);
    Answer answer = answer(call);
    if (answer.status() == 422 && problem(answer).has("operationId")) {
      return answer;
    }
    if (answer.status() == 400
        && answer.header("content-type").orElse("").startsWith("text/plain")) {
      throw new CommandFailure(ExitCode.REFUSED, answer.body(), null);
    }
    if (answer.status() == 409 && isPinferrys(answer)) {
      throw new CommandFailure(
          ExitCode.LATER, described(problem(answer)), remedy(409, problem(answer)));
    }
    return checked(call, answer);
  }

  /**
   * Sends a request without the key, so that it can go to an address that is perhaps no door.
   *
   * @throws CommandFailure if no answer comes
   */
  Answer probe(URI door, String path) {
    return answer(new Call("GET", door.resolve(path), null, null));
  }

  private Call call(String method, URI door, String path, @Nullable JsonNode body) {
    Secret key = target.key();
    return new Call(method, door.resolve(path), key, body == null ? null : Json.text(body));
  }

  private Answer succeeded(Call call) {
    return checked(call, answer(call));
  }

  private Answer answer(Call call) {
    try {
      return transport.send(call);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure(ExitCode.FAILED, "interrupted", null);
    } catch (IOException e) {
      throw unreachable(call.address(), e);
    }
  }

  private static CommandFailure unreachable(URI address, IOException failure) {
    String door = Targets.origin(address);
    return new CommandFailure(
        ExitCode.UNREACHABLE,
        door + " " + reason(failure),
        Targets.isThisComputer(address)
            ? "Is ./pinferry up running? It prints its addresses."
            : "Check the address: it is an output of the stack (ApiUrl, ReadUrl, WriteUrl).");
  }

  private static String reason(IOException failure) {
    return switch (failure) {
      case UnknownHostException _ -> "has a host that is not known";
      case ConnectException _ ->
          "is not reachable: nothing listens there, or a firewall is between";
      case InterruptedIOException _ -> "did not answer in time";
      case SSLException tls -> "has no TLS connection: " + tls.getMessage();
      default -> "gave no answer of HTTP: " + failure.getMessage();
    };
  }

  private static Answer checked(Call call, Answer answer) {
    if (answer.status() / 100 == 2) {
      return answer;
    }
    JsonNode problem = problem(answer);
    if (!isPinferrys(answer)) {
      throw new CommandFailure(
          answer.status() == 429 || answer.status() == 503 ? ExitCode.LATER : ExitCode.UNREACHABLE,
          "%s answered %s, and not as Pinferry does"
              .formatted(Targets.origin(call.address()), answer.status()),
          LOOK_FURTHER);
    }
    throw new CommandFailure(
        switch (answer.status()) {
          case 401, 403 -> ExitCode.NOT_ALLOWED;
          case 404 -> ExitCode.NOT_FOUND;
          case 429, 503 -> ExitCode.LATER;
          case 500, 502 -> ExitCode.FAILED;
          default -> ExitCode.REFUSED;
        },
        described(problem),
        remedy(answer.status(), problem));
  }

  /** Returns the detail with all causes, since the detail alone may leave issues out. */
  private static String described(JsonNode problem) {
    List<String> causes = problem.path("causes").valueStream().map(JsonNode::asText).toList();
    return causes.isEmpty() ? problem.path("detail").asText() : String.join("\n  ", causes);
  }

  private static @Nullable String remedy(int status, JsonNode problem) {
    if (problem.hasNonNull("remedy")) {
      return problem.path("remedy").asText();
    }
    if (problem.hasNonNull("retryAfter")) {
      return "Try again at " + problem.path("retryAfter").asText() + ".";
    }
    return switch (status) {
      case 401, 403 -> LOOK_FURTHER;
      case 500 ->
          "The log of the function has the request id " + problem.path("requestId").asText();
      default -> null;
    };
  }

  /** Returns whether an answer has the form of Pinferry's problem documents. */
  static boolean isPinferrys(Answer answer) {
    return problem(answer).hasNonNull("subsystem");
  }

  /** Returns the problem document of an answer; empty if it is none. */
  static JsonNode problem(Answer answer) {
    try {
      JsonNode tree = Json.parse(answer.body().getBytes(UTF_8));
      return tree.isObject() ? tree : Json.object();
    } catch (IOException e) {
      return Json.object();
    }
  }

  /** Returns the JSON of a successful answer. */
  public static JsonNode json(Answer answer) {
    try {
      return answer.body().isEmpty() ? Json.object() : Json.parse(answer.body().getBytes(UTF_8));
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCode.UNREACHABLE,
          "the answer is a success, but no JSON: this is not a door of Pinferry",
          LOOK_FURTHER);
    }
  }
}

package io.pinferry.local.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The cause of an operation's end, and what to do.
 *
 * @param result the operation's own words; empty while it runs
 * @param counts what the read counted at its end, as "name number"
 * @param lines the log's warnings and errors, the newest last
 * @param left how many further warnings and errors the log has
 * @param advice what to do, one sentence each
 */
public record Explanation(
    String result, List<String> counts, List<JsonNode> lines, int left, List<String> advice) {
  private static final int LINES_MAX = 10;
  private static final Pattern SCOPE = Pattern.compile("\\b[a-z_]+:(?:read|write)(?:_secret)?\\b");

  /** The counts that a person looks for, in this order. */
  private static final List<String> COUNTS =
      List.of("records", "pages", "partitions", "failed", "skipped", "notFound");

  public Explanation {
    counts = List.copyOf(counts);
    lines = List.copyOf(lines);
    advice = List.copyOf(advice);
  }

  /** An operation with the words that its advice needs. */
  private record Subject(String id, String object, String installation, boolean read) {
    String again() {
      return read
          ? "Read again: ./pinferry read %s %s".formatted(installation, object)
          : "Send the failed records again: docs/writes.md";
    }
  }

  /** A cause that a text shows, and what to do about it. */
  private record Rule(Pattern shown, Function<MatchResult, String> advice) {}

  private static Rule rule(String regex, Function<MatchResult, String> advice) {
    return new Rule(Pattern.compile(regex), advice);
  }

  /**
   * Explains an operation.
   *
   * @param log its lines, the newest last
   */
  public static Explanation of(JsonNode operation, List<JsonNode> log) {
    String result = operation.path("result").asText();
    List<JsonNode> grave =
        log.stream()
            .filter(line -> !line.path("severity").asText().equals("INFO"))
            // The end repeats the result.
            .filter(line -> !message(line).equals(result))
            .toList();
    int left = Math.max(0, grave.size() - LINES_MAX);
    List<JsonNode> newest = grave.subList(left, grave.size());
    return new Explanation(
        result, counts(log, result), newest, left, advice(operation, result, newest));
  }

  /** Returns the text of a log line. */
  public static String message(JsonNode line) {
    return line.at("/message/msg").asText();
  }

  private static List<String> counts(List<JsonNode> log, String result) {
    List<String> counts = new ArrayList<>();
    for (JsonNode line : log) {
      if (message(line).equals(result)) {
        JsonNode details = line.at("/message/details");
        COUNTS.stream()
            .filter(name -> !details.path(name).asText("0").equals("0"))
            .forEach(name -> counts.add(name + " " + details.path(name).asText()));
      }
    }
    return counts;
  }

  private static List<String> advice(JsonNode operation, String result, List<JsonNode> lines) {
    var subject =
        new Subject(
            operation.path("id").asText(),
            Operations.object(operation),
            operation.path("installationId").asText(),
            operation.path("actionType").asText("read").equals("read"));
    if (!Operations.hasEnded(operation)) {
      return List.of(
          "It still runs. ./pinferry logs " + subject.id() + " -f shows how it goes on.");
    }
    if (!Operations.hasFailed(operation)) {
      return result.contains("skipped: ") ? List.copyOf(first(subject, result)) : List.of();
    }
    Set<String> advice = first(subject, result);
    if (advice.isEmpty()) {
      lines.forEach(line -> advice.addAll(first(subject, message(line))));
    }
    if (advice.isEmpty()) {
      advice.add(subject.again());
    }
    return List.copyOf(advice);
  }

  /** Returns the advice of all rules that match. */
  private static Set<String> first(Subject subject, String text) {
    Set<String> advice = new LinkedHashSet<>();
    rules(subject)
        .forEach(
            rule -> {
              Matcher matcher = rule.shown().matcher(text);
              if (matcher.find()) {
                advice.add(rule.advice().apply(matcher.toMatchResult()));
              }
            });
    return advice;
  }

  private static Stream<Rule> rules(Subject subject) {
    return Stream.of(
        rule(
            "was not delivered: .*?the destination answered (\\d+)",
            match ->
                "Your webhook answered %s. Correct it, then %s"
                    .formatted(match.group(1), redrive(subject))),
        rule(
            "was not delivered: (?!.*the destination answered)",
            _ ->
                "Your webhook was not reached. ./pinferry doctor looks at it. Then "
                    + redrive(subject)),
        rule(
            "account changed: ",
            _ ->
                "Another Pinterest account was connected. If that is right, "
                    + lower(subject.again())
                    + ". If not, let the customer connect the first account again."),
        rule(
            "has bad credentials|Pinterest (?:answered )?401(?! code 29)",
            _ ->
                "Pinterest refuses the tokens. Let the customer connect again:"
                    + " docs/getting-started.md#your-own-stack, step 2. Schedules then go on by"
                    + " themselves."),
        rule(
            "Pinterest (?:answered )?(?:403|401 code 29)[^;]*",
            match ->
                SCOPE.matcher(match.group()).find()
                    ? "Add the scope %s to the provider app, and let the customer connect again."
                        .formatted(scopes(match.group()))
                    : "The Pinterest account may not see this. The customer gives it access at"
                        + " Pinterest, or you leave the object out; nothing else helps."),
        rule(
            "Pinterest (?:answered )?(?:5\\d\\d|gave no answer)|no progress in many attempts",
            _ -> "Pinterest failed for long. When it works again, " + lower(subject.again())),
        rule(
            "Pinterest (?:answered )?429",
            _ ->
                "Pinterest's limit was used up, perhaps by other software with the same app. Later,"
                    + " "
                    + lower(subject.again())),
        rule(
            "not finished after \\d+ hours",
            _ ->
                "It took too long. A slow webhook is the usual cause: ./pinferry doctor. Then "
                    + lower(subject.again())),
        rule(
            "(?:paused|disabled) while it was read",
            _ ->
                "Somebody paused it. Unpause it (docs/reads.md#pause), then "
                    + lower(subject.again())),
        rule(
            "(?:uninstalled|taken out of the installation|another connection was chosen)",
            _ -> "Somebody changed the installation meanwhile. Nothing is to be done."),
        rule(
            "repeated a bookmark|has more than \\d+ pages",
            _ ->
                "The list is longer than Pinterest lists: docs/limits.md#reads. For pins, the plan"
                    + " boards reads each board by itself: docs/reads.md#objects-and-their-time."));
  }

  private static String redrive(Subject subject) {
    return "send the messages again: POST …/dead-letters:redrive with {\"operationId\":\"%s\"},"
            .formatted(subject.id())
        + " docs/webhooks.md#dead-letters";
  }

  private static String scopes(String text) {
    return String.join(
        " and ",
        SCOPE
            .matcher(text)
            .results()
            .map(MatchResult::group)
            .collect(Collectors.toCollection(LinkedHashSet::new)));
  }

  private static String lower(String sentence) {
    return sentence.substring(0, 1).toLowerCase(Locale.ROOT) + sentence.substring(1);
  }

  /** Returns this as JSON. */
  public ObjectNode json() {
    ObjectNode json = Json.object().put("result", result);
    counts.forEach(json.putArray("counts")::add);
    lines.forEach(json.putArray("lines")::add);
    advice.forEach(json.putArray("advice")::add);
    return json;
  }
}

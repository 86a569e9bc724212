package io.pinferry.local.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Json;
import io.pinferry.base.Tasks;
import io.pinferry.local.api.Transport.Answer;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Checks the addresses, the key, and everything in the project that has to fit together. It changes
 * nothing, but for a link to connect that nobody opens and that expires after ten minutes.
 */
public final class Doctor {
  /** A JWT that is issued later than this is refused: docs/limits.md. */
  private static final Duration SKEW_MAX = Duration.ofSeconds(30);

  /** Every door answers this without a key, each in its own way. */
  private static final String PROBE = "/v1/openapi.json";

  private static final String TITLE = "Pinferry: ";
  private static final String OUTPUTS =
      "./pinferry up prints the addresses; behind AWS they are outputs of the stack.";

  private final Transport transport;
  private final Tasks tasks;

  public Doctor(Transport transport, Tasks tasks) {
    this.transport = transport;
    this.tasks = tasks;
  }

  /** Returns what was found, in the order of the checks. */
  public List<Finding> examine(Target target) {
    List<Finding> findings = new ArrayList<>();
    findings.add(Finding.ok("target", "from " + target.source()));
    var doors = new Doors(target, transport);
    if (!checkDoor(doors, "api", target.api(), findings)) {
      return findings;
    }
    URI read = target.read();
    boolean readWorks = false;
    if (read == null) {
      findings.add(
          Finding.warning(
              "read door",
              "its address is not set, so ./pinferry read does not work",
              "Set PINFERRY_READ, or the member read of the profile. Behind AWS it is the output"
                  + " ReadUrl of the stack."));
    } else {
      readWorks = checkDoor(doors, "read", read, findings);
    }
    checkIfGiven(doors, "write", target.write(), findings);
    checkIfGiven(doors, "proxy", target.proxy(), findings);
    try {
      JsonNode info = doors.get("/v1/my-info");
      String project = doors.project();
      doors.get(doors.path(""));
      findings.add(Finding.ok("key", "is valid for project " + name(info, project)));
    } catch (CommandFailure e) {
      findings.add(ofKey(e));
      return findings;
    }
    if (readWorks) {
      checkSameStack(doors, findings);
    }
    findings.addAll(new ProjectChecks(doors, tasks).findings());
    return findings;
  }

  private static String name(JsonNode info, String project) {
    String name = info.at("/projectRoles/" + project + "/project/name").asText();
    return name.isEmpty() ? project : name + " (" + project + ")";
  }

  private static Finding ofKey(CommandFailure failure) {
    return switch (failure.code()) {
      case NOT_ALLOWED ->
          Finding.problem(
              "key",
              String.valueOf(failure.getMessage()),
              "Use a key of the scope full of this project: docs/security.md. Is it the key of"
                  + " another stack, for example of production instead of a sandbox?");
      case NOT_FOUND ->
          Finding.problem(
              "project",
              String.valueOf(failure.getMessage()),
              "Leave the project out, since the key knows it; or use the key of that project.");
      default -> Finding.of("key", failure);
    };
  }

  private void checkIfGiven(Doors doors, String name, @Nullable URI door, List<Finding> findings) {
    if (door != null) {
      checkDoor(doors, name, door, findings);
    }
  }

  /** Checks that an address is the door that it should be. */
  private boolean checkDoor(Doors doors, String name, URI door, List<Finding> findings) {
    String subject = name + " door";
    Answer answer;
    try {
      answer = doors.probe(door, PROBE);
    } catch (CommandFailure e) {
      findings.add(Finding.of(subject, e));
      return false;
    }
    Optional<String> found = doorOf(answer);
    if (found.filter(name::equals).isPresent()) {
      findings.add(Finding.ok(subject, door.toString()));
      if (name.equals("api")) {
        checkClock(answer, findings);
      }
      return true;
    }
    findings.add(
        found.isPresent()
            ? Finding.problem(
                subject,
                "%s is the %s door, not the %s door".formatted(door, found.get(), name),
                "Set the address of the " + name + " door. " + OUTPUTS)
            : Finding.problem(
                subject, door + " " + otherServer(answer), otherServerRemedy(answer)));
    return false;
  }

  private static String otherServer(Answer answer) {
    return answer.status() / 100 == 3
        ? "leads on to " + answer.header("location").orElse("another address")
        : "answers %s, but is not Pinferry".formatted(answer.status());
  }

  private static String otherServerRemedy(Answer answer) {
    return answer.status() / 100 == 3
        ? "Use that address itself: a key is never sent on. " + OUTPUTS
        : "Correct the address. " + OUTPUTS;
  }

  /** Returns the name of the door that gave an answer; empty if it is not Pinferry's. */
  static Optional<String> doorOf(Answer answer) {
    JsonNode tree = Doors.problem(answer);
    String title = tree.at("/info/title").asText();
    if (answer.status() == 200 && title.startsWith(TITLE)) {
      return Optional.of(title.substring(TITLE.length()));
    }
    return Optional.ofNullable(tree.path("subsystem").textValue());
  }

  private void checkClock(Answer answer, List<Finding> findings) {
    Optional<Instant> theirs = answer.header("date").flatMap(Doctor::time);
    if (theirs.isEmpty()) {
      return;
    }
    Duration ahead = Duration.between(theirs.get(), tasks.now());
    findings.add(
        ahead.abs().compareTo(SKEW_MAX) <= 0
            ? Finding.ok("clock", "as the server's")
            : Finding.problem(
                "clock",
                "this computer's clock is %s s %s the server's"
                    .formatted(ahead.abs().toSeconds(), ahead.isNegative() ? "behind" : "ahead of"),
                "Set the clock by NTP. With such a clock, JWTs are refused, and signatures of"
                    + " webhooks do not verify."));
  }

  private static Optional<Instant> time(String date) {
    try {
      return Optional.of(
          ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  /** Asks the read door for something that it always refuses, to see whether it knows the key. */
  private static void checkSameStack(Doors doors, List<Finding> findings) {
    try {
      doors.postToRead(doors.path("/integrations/pinferry-doctor"), Json.object());
    } catch (CommandFailure e) {
      if (e.code() == ExitCode.NOT_ALLOWED || e.code() == ExitCode.NOT_FOUND) {
        findings.add(
            Finding.problem(
                "read door",
                "it does not know the key that the api door knows: the two are of different stacks",
                "Take both addresses from one stack, not one of a sandbox and one of production. "
                    + OUTPUTS));
      }
    }
  }
}

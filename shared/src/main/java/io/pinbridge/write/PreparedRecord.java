package io.pinbridge.write;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinbridge.base.Issue;
import io.pinbridge.base.Json;
import io.pinbridge.pinterest.WritableObject;
import io.pinbridge.pinterest.WriteCall;
import io.pinbridge.pinterest.WriteVerb;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A record that is ready to be sent, or why it is not.
 *
 * @param parameters what goes into path and query
 * @param body what is sent; null for a delete
 * @param issues what Pinterest would refuse, possibly nothing
 */
record PreparedRecord(
    Map<String, String> parameters, @Nullable ObjectNode body, List<Issue> issues) {
  private static final String ID = "id";
  private static final Pattern DIGITS = Pattern.compile("\\d{1,64}");
  private static final int KEY_LENGTH_MAX = 2_048;

  // Not the compact form: javac loses the parameters' nullness in it.
  PreparedRecord(Map<String, String> parameters, @Nullable ObjectNode body, List<Issue> issues) {
    this.parameters = Map.copyOf(parameters);
    this.body = body;
    this.issues = List.copyOf(issues);
  }

  /**
   * Prepares a record.
   *
   * @param place where it is in the request's body
   */
  static PreparedRecord of(
      WritableObject object,
      WriteVerb verb,
      WriteCall call,
      WriteSettings settings,
      ObjectNode record,
      String place) {
    List<Issue> issues = new ArrayList<>();
    ObjectNode body = settings.apply(record, verb, place, issues);
    // One log entry may come without the list that Pinterest wants around it.
    if (object.name().equals("logs") && !body.has("logs")) {
      ObjectNode wrapped = Json.object();
      wrapped.putArray("logs").add(body);
      body = wrapped;
    }
    Map<String, String> parameters = new HashMap<>();
    for (String name : call.parameters()) {
      JsonNode given = body.remove(name);
      JsonNode value = given == null && verb != WriteVerb.CREATE ? body.get(ID) : given;
      String named = given == null ? idName(name, verb) : name;
      parameter(name, place + "." + named, value, parameters, issues);
    }
    if (call.adAccount() && body.has(WriteCall.AD_ACCOUNT)) {
      parameter(
          WriteCall.AD_ACCOUNT,
          place + "." + WriteCall.AD_ACCOUNT,
          body.remove(WriteCall.AD_ACCOUNT),
          parameters,
          issues);
    }
    if (verb == WriteVerb.CREATE) {
      if (body.has(ID)) {
        issues.add(
            Issue.body(
                place + "." + ID, null, "is given by Pinterest: leave it out, or use type update"));
      }
    } else {
      body.remove(ID);
    }
    if (call.shape() == null) {
      return new PreparedRecord(parameters, null, issues);
    }
    if (verb == WriteVerb.UPDATE && body.isEmpty()) {
      issues.add(Issue.body(place, null, "has nothing that is to be changed"));
    }
    call.shape().check(place, body, issues);
    return new PreparedRecord(parameters, body, issues);
  }

  private static String idName(String parameter, WriteVerb verb) {
    return verb == WriteVerb.CREATE || parameter.equals("board_id") ? parameter : ID;
  }

  private static void parameter(
      String name,
      String place,
      @Nullable JsonNode value,
      Map<String, String> parameters,
      List<Issue> issues) {
    if (value == null || value.isNull()) {
      issues.add(Issue.body(place, null, "is missing"));
      return;
    }
    String text = value.isIntegralNumber() ? value.asText() : value.textValue();
    boolean number = name.equals(ID) || (name.endsWith("_id") && !name.startsWith("external_"));
    if (text == null || text.isBlank() || text.length() > KEY_LENGTH_MAX) {
      issues.add(
          Issue.body(place, null, "must be a text of 1 to " + KEY_LENGTH_MAX + " characters"));
    } else if (number && !DIGITS.matcher(text).matches()) {
      issues.add(Issue.body(place, null, "must be an id: digits only, as a text"));
    } else if (text.equals(".") || text.equals("..")) {
      // Only these survive encoding as something else than a name in a path.
      issues.add(Issue.body(place, null, "is no name"));
    } else {
      parameters.put(name, text);
    }
  }
}

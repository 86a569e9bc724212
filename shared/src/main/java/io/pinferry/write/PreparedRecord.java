package io.pinferry.write;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Issue;
import io.pinferry.base.Json;
import io.pinferry.base.JsonInput;
import io.pinferry.directory.DestinationRules;
import io.pinferry.net.FileRelay;
import io.pinferry.pinterest.WritableObject;
import io.pinferry.pinterest.WritableObject.OtherCreate;
import io.pinferry.pinterest.WritableObject.Together;
import io.pinferry.pinterest.WriteCall;
import io.pinferry.pinterest.WriteVerb;
import java.net.URI;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A record that is ready to be sent, or why it is not.
 *
 * @param call the request that writes it
 * @param parameters what goes into path and query
 * @param body what is sent; null for a delete
 * @param video what is to be uploaded first; null for nothing
 * @param issues what Pinterest would refuse, possibly nothing
 */
record PreparedRecord(
    WriteCall call,
    Map<String, String> parameters,
    @Nullable ObjectNode body,
    FileRelay.@Nullable Source video,
    List<Issue> issues) {
  private static final String ID = "id";
  private static final String SOURCE = "media_source";
  private static final String URL = "url";
  private static final String DATA = "data";
  private static final Pattern DIGITS = Pattern.compile("\\d{1,64}");
  private static final int KEY_LENGTH_MAX = 2_048;

  PreparedRecord {
    parameters = Map.copyOf(parameters);
    issues = List.copyOf(issues);
  }

  /**
   * Prepares a record.
   *
   * @param usual the object's request for the verb
   * @param place where it is in the request's body
   * @param rules which addresses a video may be fetched from
   */
  static PreparedRecord of(
      WritableObject object,
      WriteVerb verb,
      WriteCall usual,
      WriteSettings settings,
      ObjectNode record,
      String place,
      DestinationRules rules) {
    List<Issue> issues = new ArrayList<>();
    OtherCreate possible = object.otherCreate();
    OtherCreate other =
        possible != null && verb == WriteVerb.CREATE && record.has(possible.member())
            ? possible
            : null;
    WriteCall call = other == null ? usual : other.call();
    // The defaults are those of the usual request; the other may have no place for them.
    ObjectNode body =
        settings.apply(record, verb, field -> other == null || call.takes(field), place, issues);
    FileRelay.Source video =
        verb == WriteVerb.CREATE ? video(object, body, place, rules, issues) : null;
    Together together = object.together(verb);
    String list = together == null ? null : together.list();
    // One entry may come without the list that Pinterest wants around it.
    boolean single = list != null && !body.has(list);
    if (single) {
      ObjectNode wrapped = Json.object();
      wrapped.putArray(list).add(body);
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
                place + "." + ID, "is given by Pinterest: leave it out, or use type update"));
      }
    } else {
      body.remove(ID);
    }
    if (call.shape() == null) {
      return new PreparedRecord(call, parameters, null, null, issues);
    }
    if (verb == WriteVerb.UPDATE && body.isEmpty()) {
      issues.add(Issue.body(place, "has nothing that is to be changed"));
    }
    List<Issue> ofBody = new ArrayList<>();
    call.shape().check(JsonInput.root(place, body, ofBody));
    String shown = place + "." + list + "[0]";
    for (Issue issue : ofBody) {
      // Whoever sent one entry knows of no list.
      issues.add(
          single && issue.name().startsWith(shown)
              ? Issue.body(
                  place + issue.name().substring(shown.length()), issue.value(), issue.detail())
              : issue);
    }
    return new PreparedRecord(call, parameters, body, video, issues);
  }

  /**
   * Takes the video out of a record: of media the members {@code url} or {@code data}, of a pin a
   * media source of our own, {@code video_url} or {@code video_base64}, which becomes Pinterest's
   * {@code video_id} with an id to be filled in.
   */
  private static FileRelay.@Nullable Source video(
      WritableObject object,
      ObjectNode body,
      String place,
      DestinationRules rules,
      List<Issue> issues) {
    if (object.name().equals("media")) {
      if (body.has(URL) && body.has(DATA)) {
        issues.add(Issue.body(place + "." + DATA, "must not be there beside url"));
      }
      return body.has(URL)
          ? web(body.remove(URL), place + "." + URL, rules, issues)
          : inline(body.remove(DATA), place + "." + DATA, issues);
    }
    if (!object.name().equals("pins") || !(body.path(SOURCE) instanceof ObjectNode source)) {
      return null;
    }
    String from = place + "." + SOURCE + ".";
    String type = source.path("source_type").asText();
    FileRelay.Source video;
    if (type.equals("video_url")) {
      video = web(source.path(URL), from + URL, rules, issues);
      source.remove(URL);
    } else if (type.equals("video_base64")) {
      video = inline(source.path(DATA), from + DATA, issues);
      source.remove(DATA);
    } else {
      return null;
    }
    source.put("source_type", "video_id").put("media_id", "0");
    return video;
  }

  private static FileRelay.@Nullable Source web(
      JsonNode url, String place, DestinationRules rules, List<Issue> issues) {
    if (!url.isTextual()) {
      issues.add(Issue.body(place, url.isMissingNode() ? "is missing" : "must be a text"));
      return null;
    }
    String wrong = rules.refusal(url.textValue()).orElse(null);
    if (wrong != null) {
      issues.add(Issue.body(place, wrong));
      return null;
    }
    return new FileRelay.Source.Web(URI.create(url.textValue()));
  }

  private static FileRelay.@Nullable Source inline(
      @Nullable JsonNode data, String place, List<Issue> issues) {
    if (data == null) {
      return null;
    }
    try {
      byte[] bytes = Base64.getDecoder().decode(data.asText());
      if (data.isTextual() && bytes.length > 0) {
        return new FileRelay.Source.Inline(bytes);
      }
    } catch (IllegalArgumentException e) {
      // Said below, as for what is no text.
    }
    issues.add(
        Issue.body(
            place, data.isMissingNode() ? "is missing" : "must be base64 without line breaks"));
    return null;
  }

  /**
   * Returns a record of which the video was uploaded, to go on with it later: with a single byte in
   * the place of a video that it held itself, which is of no use any more and may be long.
   */
  static ObjectNode withoutVideo(ObjectNode record) {
    ObjectNode without = record.deepCopy();
    JsonNode source = without.path(SOURCE);
    boolean ofPin = source.path("source_type").asText().equals("video_base64");
    JsonNode holder = ofPin ? source : without;
    if (holder instanceof ObjectNode inline && inline.has(DATA)) {
      inline.put(DATA, "AA==");
    }
    return without;
  }

  /** Returns what is sent once the video is there. */
  ObjectNode bodyWith(String mediaId) {
    ObjectNode complete = Objects.requireNonNull(body).deepCopy();
    ((ObjectNode) complete.path(SOURCE)).put("media_id", mediaId);
    return complete;
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
      issues.add(Issue.body(place, "is missing"));
      return;
    }
    String text = value.isIntegralNumber() ? value.asText() : value.textValue();
    boolean number = name.equals(ID) || (name.endsWith("_id") && !name.startsWith("external_"));
    if (text == null || text.isBlank() || text.length() > KEY_LENGTH_MAX) {
      issues.add(Issue.body(place, "must be a text of 1 to " + KEY_LENGTH_MAX + " characters"));
    } else if (number && !DIGITS.matcher(text).matches()) {
      issues.add(Issue.body(place, "must be an id: digits only, as a text"));
    } else if (text.equals(".") || text.equals("..")) {
      // Only these survive encoding as something else than a name in a path.
      issues.add(Issue.body(place, "is no name"));
    } else {
      parameters.put(name, text);
    }
  }
}

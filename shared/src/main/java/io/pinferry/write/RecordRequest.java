package io.pinferry.write;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Issue;
import io.pinferry.base.Json;
import io.pinferry.base.JsonInput;
import io.pinferry.directory.DestinationRules;
import io.pinferry.net.FileRelay;
import io.pinferry.pinterest.Shape;
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
import org.jspecify.annotations.Nullable;

/**
 * The request that writes one record.
 *
 * @param parameters the parameters of path and query
 * @param body null for a delete
 * @param video the video that is uploaded first; null for none
 * @param issues the reasons why Pinterest would refuse it; empty if it can be sent
 */
record RecordRequest(
    WriteCall call,
    Map<String, String> parameters,
    @Nullable ObjectNode body,
    FileRelay.@Nullable Source video,
    List<Issue> issues) {
  private static final String ID = "id";
  private static final String SOURCE = "media_source";
  private static final String URL = "url";
  private static final String DATA = "data";

  /** Members of a video's media source, each of which gives it a cover. */
  private static final List<String> COVERS =
      List.of("cover_image_url", "cover_image_data", "cover_image_key_frame_time");

  private static final int KEY_LENGTH_MAX = 2_048;

  RecordRequest {
    parameters = Map.copyOf(parameters);
    issues = List.copyOf(issues);
  }

  /**
   * Makes the request of a record.
   *
   * @param usual the object's call for the verb
   * @param place the record's place in the body
   * @param rules tell the addresses that a video may be fetched from
   */
  static RecordRequest of(
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
    // The defaults are for the usual call; the other call may not have their fields.
    ObjectNode body =
        settings.apply(record, verb, field -> other == null || call.takes(field), place, issues);
    FileRelay.Source video =
        verb == WriteVerb.CREATE ? video(object, body, place, rules, issues) : null;
    Together together = object.together(verb);
    String list = together == null ? null : together.list();
    // A single entry may come without the list that Pinterest wants around it.
    boolean single = list != null && !body.has(list);
    if (single) {
      ObjectNode wrapped = Json.object();
      wrapped.putArray(list).add(body);
      body = wrapped;
    }
    Map<String, String> parameters = new HashMap<>();
    JsonInput members = JsonInput.root(place, body, issues);
    for (String name : call.parameters()) {
      // A record's own id may also come as "id". The id of another object may not.
      boolean own = verb != WriteVerb.CREATE && name.equals(object.idField());
      JsonInput input = members.member(own && !body.has(name) ? ID : name);
      parameter(name, input, parameters);
      if (own && body.has(name) && body.has(ID) && !body.get(ID).equals(body.get(name))) {
        members.member(ID).issue("is another than " + name + ": leave one of them out");
      }
      body.remove(name);
    }
    if (call.adAccount() && body.has(WriteCall.AD_ACCOUNT)) {
      parameter(WriteCall.AD_ACCOUNT, members.member(WriteCall.AD_ACCOUNT), parameters);
      body.remove(WriteCall.AD_ACCOUNT);
    }
    if (verb == WriteVerb.CREATE) {
      if (body.has(ID)) {
        issues.add(
            Issue.body(
                place + "." + ID, "is chosen by Pinterest: leave it out, or use type update"));
      }
    } else {
      body.remove(ID);
    }
    if (call.shape() == null) {
      return new RecordRequest(call, parameters, null, null, issues);
    }
    if (verb == WriteVerb.UPDATE && body.isEmpty()) {
      issues.add(Issue.body(place, "has no field to change"));
    }
    List<Issue> bodyIssues = new ArrayList<>();
    call.shape().check(JsonInput.root(place, body, bodyIssues));
    String shown = place + "." + list + "[0]";
    for (Issue issue : bodyIssues) {
      // The caller of a single entry knows of no list.
      issues.add(
          single && issue.name().startsWith(shown)
              ? Issue.body(
                  place + issue.name().substring(shown.length()), issue.value(), issue.detail())
              : issue);
    }
    if (issues.isEmpty()) {
      call.shape().sent(body);
    }
    return new RecordRequest(call, parameters, body, video, issues);
  }

  /**
   * Takes the video out of a record. Media have it in {@code url} or {@code data}. A pin has it in
   * a media source of Pinferry's own, {@code video_url} or {@code video_base64}, which becomes
   * Pinterest's {@code video_id} with an id that is filled in later.
   */
  private static FileRelay.@Nullable Source video(
      WritableObject object,
      ObjectNode body,
      String place,
      DestinationRules rules,
      List<Issue> issues) {
    if (object.name().equals("media")) {
      if (body.has(URL) && body.has(DATA)) {
        issues.add(Issue.body(place + "." + DATA, "must not be sent together with url"));
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
    if (COVERS.stream().noneMatch(source::hasNonNull)) {
      // Pinterest would say so only after the video was uploaded.
      issues.add(
          Issue.body(
              place + "." + SOURCE, "needs a cover for the video: " + String.join(" or ", COVERS)));
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
    String refusal = rules.refusal(url.textValue()).orElse(null);
    if (refusal != null) {
      issues.add(Issue.body(place, refusal));
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
      // The issue is added below.
    }
    issues.add(
        Issue.body(
            place, data.isMissingNode() ? "is missing" : "must be base64 without line breaks"));
    return null;
  }

  /**
   * Returns a record whose video is uploaded, to continue with it later. A single byte takes the
   * place of an inline video, which is not needed any more and may be long.
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

  /** Returns the body that is sent once the video is there. */
  ObjectNode bodyWith(String mediaId) {
    ObjectNode complete = Objects.requireNonNull(body).deepCopy();
    ((ObjectNode) complete.path(SOURCE)).put("media_id", mediaId);
    return complete;
  }

  /** Takes a parameter of path or query from the member that has it. */
  private static void parameter(String name, JsonInput value, Map<String, String> parameters) {
    if (value.node().isNull()) {
      value.issue("is missing");
      return;
    }
    String text = value.required() ? value.text(KEY_LENGTH_MAX).orElse(null) : null;
    if (text == null) {
      return;
    }
    boolean id = name.equals(ID) || (name.endsWith("_id") && !name.startsWith("external_"));
    if (id) {
      Shape.Text.ID.check(value);
    } else if (text.equals(".") || text.equals("..")) {
      // Encoded in a path, these two would still not be names.
      value.issue("is not a name");
    }
    parameters.put(name, text);
  }
}

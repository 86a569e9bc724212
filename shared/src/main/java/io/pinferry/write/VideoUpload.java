package io.pinferry.write;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.base.Tasks;
import io.pinferry.directory.Installation;
import io.pinferry.net.FileRelay;
import io.pinferry.net.FileRelay.FormField;
import io.pinferry.net.FileRelay.Relayed;
import io.pinferry.pinterest.PinterestFailure.Kind;
import io.pinferry.pinterest.WritableObject;
import io.pinferry.pinterest.WritableObject.Completion;
import io.pinferry.pinterest.WriteCall;
import io.pinferry.pinterest.WriteCatalogue;
import io.pinferry.pinterest.WriteVerb;
import io.pinferry.write.WriteCalls.Deadlines;
import io.pinferry.write.WriteCalls.Effect;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Brings a video to Pinterest: registers it, posts its bytes to the store behind Pinterest, and
 * waits until they are processed. A registration that nobody uses expires, so that it may be
 * repeated. Bytes that came in become a medium of the account, so before they are posted again it
 * is asked whether they are there.
 */
final class VideoUpload {
  private static final WriteCall REGISTER =
      WriteCatalogue.find("media").flatMap(media -> media.find(WriteVerb.CREATE)).orElseThrow();

  /** A policy may run out between registration and upload; then it is registered once more. */
  private static final int REGISTRATIONS_MAX = 2;

  static final Completion MEDIA =
      WriteCatalogue.find("media").map(WritableObject::completion).orElseThrow();

  private static final String STATUS = "status";

  /** What is kept of a medium whose bytes are about to be posted. */
  private static final String UPLOADING = "uploading";

  private static final String REGISTERED = "registered";

  private final WriteCalls pinterest;
  private final FileRelay files;
  private final Tasks tasks;
  private final Installation installation;
  private final Deadlines deadlines;

  VideoUpload(
      WriteCalls pinterest,
      FileRelay files,
      Tasks tasks,
      Installation installation,
      Deadlines deadlines) {
    this.pinterest = pinterest;
    this.files = files;
    this.tasks = tasks;
    this.installation = installation;
    this.deadlines = deadlines;
  }

  /**
   * Registers and uploads, unless somebody has done so before.
   *
   * @param before what was kept of that; null for nothing
   * @param keep keeps what is given before the bytes are posted; when it says no, they are not
   * @return {@link Effect.Done} with {@code media_id} once the bytes are there, {@link
   *     Effect.Waiting} if they take longer than there is time, or why not
   */
  Effect upload(FileRelay.Source video, @Nullable ObjectNode before, Predicate<ObjectNode> keep) {
    if (before == null) {
      return upload(video, keep);
    }
    if (!uploading(before)) {
      return new Effect.Done(before);
    }
    String id = before.path(MEDIA.idField()).asText();
    return switch (asked(MEDIA, id, null)) {
      case Effect.Done(JsonNode answer) when !answer.path(STATUS).asText().equals(REGISTERED) ->
          stored(id);
      case Effect.Done nothingCame -> upload(video, keep);
      case Effect.Refused refused when refused.failure().kind() == Kind.NOT_FOUND ->
          upload(video, keep);
      case Effect other -> new Effect.Waiting(before);
    };
  }

  /** Returns whether of what is known of a medium it is not known whether its bytes are there. */
  static boolean uploading(ObjectNode known) {
    return known.path(STATUS).asText().equals(UPLOADING);
  }

  private Effect upload(FileRelay.Source video, Predicate<ObjectNode> keep) {
    for (int registration = 1; ; registration++) {
      Effect registered =
          pinterest.send(
              installation,
              REGISTER,
              REGISTER.path(),
              Json.object().put("media_type", "video"),
              deadlines,
              () -> true);
      if (!(registered instanceof Effect.Done(JsonNode media))) {
        return registered instanceof Effect.Unknown(String why)
            ? new Effect.NotDone("nothing was written: the video was not registered: " + why)
            : registered;
      }
      String id = media.path("media_id").asText();
      if (!keep.test(medium(id, UPLOADING))) {
        return new Effect.NotDone("nothing was written: it could not be kept that it begins");
      }
      Duration left = Duration.between(tasks.now(), deadlines.answeredUntil());
      switch (files.relay(video, address(media), fields(media), left)) {
        case Relayed.Stored stored -> {
          return stored(id);
        }
        case Relayed.NotFetched(String why, boolean again) -> {
          String what = "nothing was written: the video " + why;
          return again ? new Effect.NotDone(what) : new Effect.Impossible(what);
        }
        case Relayed.Interrupted _ when !tasks.now().isBefore(deadlines.beginUntil()) -> {
          return new Effect.Waiting(medium(id, UPLOADING));
        }
        case Relayed.Interrupted(String why) -> {
          return new Effect.NotDone(
              "nothing was written: " + why + ", and may be there as media " + id);
        }
        case Relayed.Refused(int status, String why) -> {
          if (registration == REGISTRATIONS_MAX) {
            return new Effect.NotDone(
                "nothing was written: the store behind Pinterest refused the video with "
                    + status
                    + ": "
                    + why);
          }
        }
      }
    }
  }

  private static boolean forGood(Kind kind) {
    return switch (kind) {
      case NOT_FOUND, FORBIDDEN, REFUSED, NO_CATALOG, SPAM_BLOCKED -> true;
      case RATE_LIMITED, TOKEN_REJECTED, UNAVAILABLE -> false;
    };
  }

  private static Effect stored(String mediaId) {
    return new Effect.Done(medium(mediaId, REGISTERED));
  }

  private static ObjectNode medium(String mediaId, String status) {
    return Json.object().put("media_id", mediaId).put("media_type", "video").put(STATUS, status);
  }

  private static URI address(JsonNode media) {
    return URI.create(media.path("upload_url").asText());
  }

  private static List<FormField> fields(JsonNode media) {
    List<FormField> fields = new ArrayList<>();
    media
        .path("upload_parameters")
        .properties()
        .forEach(field -> fields.add(new FormField(field.getKey(), field.getValue().asText())));
    return fields;
  }

  /**
   * Asks until something that was begun is finished, or time is over.
   *
   * @param begun the answer that named it
   * @return {@link Effect.Done} when it is finished, {@link Effect.Waiting} while it is not, with
   *     what is known of it
   */
  Effect awaitCompletion(Completion completion, ObjectNode begun, @Nullable String adAccount) {
    String id = begun.path(completion.idField()).asText();
    ObjectNode known = begun.deepCopy();
    Instant next = tasks.now();
    Duration pause = Duration.ofSeconds(1);
    while (true) {
      next = next.plus(pause);
      if (!next.isBefore(deadlines.beginUntil())) {
        return new Effect.Waiting(known);
      }
      tasks.sleepUntil(next);
      Effect asked = asked(completion, id, adAccount);
      if (asked instanceof Effect.Refused refused && forGood(refused.failure().kind())) {
        return new Effect.Impossible(
            "it was begun as "
                + id
                + ", but Pinterest does not tell how it went: "
                + refused.failure().describe());
      }
      if (!(asked instanceof Effect.Done(JsonNode answer))) {
        return new Effect.Waiting(known);
      }
      if (answer instanceof ObjectNode told) {
        known.setAll(told);
      }
      String status = answer.path(completion.statusField()).asText();
      if (completion.finished().equals(status)) {
        return new Effect.Done(known);
      }
      if (!completion.running().contains(status)) {
        return new Effect.Impossible(
            "it was begun as " + id + ", and Pinterest says that it is " + status);
      }
      pause = pause.compareTo(Duration.ofSeconds(4)) < 0 ? pause.plusSeconds(1) : pause;
    }
  }

  private Effect asked(Completion completion, String id, @Nullable String adAccount) {
    return pinterest.send(
        installation,
        completion.call(),
        completion.pathAndQuery(id, adAccount),
        null,
        deadlines,
        () -> true);
  }
}

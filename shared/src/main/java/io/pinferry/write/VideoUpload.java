package io.pinferry.write;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.base.Tasks;
import io.pinferry.net.FileRelay;
import io.pinferry.net.FileRelay.FormField;
import io.pinferry.net.FileRelay.RelayResult;
import io.pinferry.pinterest.PinterestFailure;
import io.pinferry.pinterest.PinterestFailure.Kind;
import io.pinferry.pinterest.WritableObject;
import io.pinferry.pinterest.WritableObject.Completion;
import io.pinferry.pinterest.WriteCall;
import io.pinferry.pinterest.WriteCatalogue;
import io.pinferry.pinterest.WriteVerb;
import io.pinferry.write.WriteCalls.Effect;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Brings a video to Pinterest: registers it, posts its bytes to the store behind Pinterest, and
 * waits until they are processed. An unused registration expires, so a repeat of it is safe. Posted
 * bytes become a medium of the account, so before a repeat Pinterest is asked whether they arrived.
 */
final class VideoUpload {
  private static final WriteCall REGISTER =
      WriteCatalogue.find("media").flatMap(media -> media.find(WriteVerb.CREATE)).orElseThrow();

  /** The upload policy may expire after the registration; then the video is registered again. */
  private static final int REGISTRATIONS_MAX = 2;

  static final Completion MEDIA =
      WriteCatalogue.find("media").map(WritableObject::completion).orElseThrow();

  private static final List<String> REGISTERED_WITH =
      List.of("media_id", "upload_url", "upload_parameters");

  private static final Duration PAUSE_MAX = Duration.ofSeconds(4);

  private static final String STATUS = "status";

  /** The stored status of a medium whose bytes are about to be posted. */
  private static final String UPLOADING = "uploading";

  private static final String REGISTERED = "registered";

  private final WriteCalls calls;
  private final FileRelay files;
  private final Tasks tasks;

  VideoUpload(WriteCalls calls, FileRelay files, Tasks tasks) {
    this.calls = calls;
    this.files = files;
    this.tasks = tasks;
  }

  /**
   * Registers and uploads, unless an earlier sender has done so.
   *
   * @param before the state that it stored; null for none
   * @param keep stores the state before the bytes are posted; they are not if it returns false
   * @return {@link Effect.Success} with {@code media_id} once the bytes are there, {@link
   *     Effect.Progress} if there is no time left, or the failure
   */
  Effect upload(FileRelay.Source video, @Nullable ObjectNode before, Predicate<ObjectNode> keep) {
    if (before == null) {
      return upload(video, keep);
    }
    if (!isUploading(before)) {
      return new Effect.Success(before);
    }
    String id = before.path(MEDIA.idField()).asText();
    return switch (ask(MEDIA, id, null)) {
      case Effect.Success(JsonNode answer) when !answer.path(STATUS).asText().equals(REGISTERED) ->
          success(id);
      // The bytes never arrived.
      case Effect.Success _ -> upload(video, keep);
      case Effect.Refusal(PinterestFailure failure) when failure.kind() == Kind.NOT_FOUND ->
          upload(video, keep);
      case Effect _ -> new Effect.Progress(before);
    };
  }

  /** Returns whether it is unknown if the bytes of a medium arrived. */
  static boolean isUploading(ObjectNode state) {
    return state.path(STATUS).asText().equals(UPLOADING);
  }

  private Effect upload(FileRelay.Source video, Predicate<ObjectNode> keep) {
    Optional<RelayResult.FetchFailure> unusable = files.check(video, timeLeft());
    if (unusable.isPresent()) {
      return nothingWritten("the video " + unusable.get().reason(), unusable.get().retryable());
    }
    for (int registration = 1; ; registration++) {
      Effect registered =
          calls.send(
              REGISTER, REGISTER.path(), Json.object().put("media_type", "video"), REGISTERED_WITH);
      if (!(registered instanceof Effect.Success(JsonNode media))) {
        return registered instanceof Effect.Doubt(String reason)
            ? nothingWritten("the video was not registered: " + reason, true)
            : registered;
      }
      String id = media.path("media_id").asText();
      ObjectNode uploading = medium(id, UPLOADING);
      if (!keep.test(uploading)) {
        return nothingWritten("the begin of the upload could not be stored", true);
      }
      switch (files.relay(video, address(media), fields(media), timeLeft())) {
        case RelayResult.Success _ -> {
          return success(id);
        }
        case RelayResult.FetchFailure(String reason, boolean retryable) -> {
          return nothingWritten("the video " + reason, retryable);
        }
        case RelayResult.Interruption _
            when !tasks.now().isBefore(calls.deadlines().beginUntil()) -> {
          return new Effect.Progress(uploading);
        }
        case RelayResult.Interruption(String reason) -> {
          return nothingWritten(reason + ", and may be there as media " + id, true);
        }
        case RelayResult.Refusal(int status, String reason) -> {
          if (registration == REGISTRATIONS_MAX) {
            return nothingWritten(
                "the store behind Pinterest refused the video with " + status + ": " + reason,
                true);
          }
        }
      }
    }
  }

  private Duration timeLeft() {
    return Duration.between(tasks.now(), calls.deadlines().answeredUntil());
  }

  private static Effect nothingWritten(String reason, boolean retryable) {
    return new Effect.Nothing("nothing was written: " + reason, retryable);
  }

  private static boolean isPermanent(Kind kind) {
    return switch (kind) {
      case NOT_FOUND, FORBIDDEN, REFUSED, NO_CATALOG, SPAM_BLOCKED -> true;
      case RATE_LIMITED, TOKEN_REJECTED, UNAVAILABLE -> false;
    };
  }

  private static Effect success(String mediaId) {
    return new Effect.Success(medium(mediaId, REGISTERED));
  }

  private static ObjectNode medium(String mediaId, String status) {
    return Json.object().put("media_id", mediaId).put("media_type", "video").put(STATUS, status);
  }

  private static URI address(JsonNode media) {
    return URI.create(media.path("upload_url").asText());
  }

  private static List<FormField> fields(JsonNode media) {
    return media.path("upload_parameters").properties().stream()
        .map(field -> new FormField(field.getKey(), field.getValue().asText()))
        .toList();
  }

  /**
   * Asks until Pinterest has finished, or time is over.
   *
   * @param begun the answer to the creation
   * @return {@link Effect.Success} when it is finished, {@link Effect.Progress} while it is not,
   *     each with all that is known of it
   */
  Effect awaitCompletion(Completion completion, ObjectNode begun, @Nullable String adAccount) {
    String id = begun.path(completion.idField()).asText();
    ObjectNode state = begun.deepCopy();
    Instant next = tasks.now();
    Duration pause = Duration.ofSeconds(1);
    while (true) {
      next = next.plus(pause);
      if (!next.isBefore(calls.deadlines().beginUntil())) {
        return new Effect.Progress(state);
      }
      tasks.sleepUntil(next);
      Effect effect = ask(completion, id, adAccount);
      if (effect instanceof Effect.Refusal(PinterestFailure failure)
          && isPermanent(failure.kind())
          && !failure.passes()) {
        return new Effect.Nothing(
            "it was begun as "
                + id
                + ", but Pinterest does not tell how it went: "
                + failure.describe(),
            false);
      }
      if (!(effect instanceof Effect.Success(JsonNode answer))) {
        return new Effect.Progress(state);
      }
      if (answer instanceof ObjectNode members) {
        state.setAll(members);
      }
      if (completion.isFinished(answer)) {
        return new Effect.Success(state);
      }
      if (!completion.isRunning(answer)) {
        return new Effect.Nothing(
            "it was begun as "
                + id
                + ", and Pinterest says that it is "
                + answer.path(completion.statusField()).asText(),
            false);
      }
      pause = pause.compareTo(PAUSE_MAX) < 0 ? pause.plusSeconds(1) : pause;
    }
  }

  private Effect ask(Completion completion, String id, @Nullable String adAccount) {
    return calls.send(
        completion.call(),
        completion.pathAndQuery(id, adAccount),
        null,
        List.of(completion.statusField()));
  }
}

package io.pinferry.write;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.pinterest.PinterestFailure;
import io.pinferry.pinterest.PinterestFailure.Kind;
import io.pinferry.pinterest.WritableObject;
import io.pinferry.pinterest.WritableObject.NaturalKey;
import io.pinferry.pinterest.WriteCall;
import io.pinferry.pinterest.WriteVerb;
import io.pinferry.write.RecordResult.Failure;
import io.pinferry.write.RecordResult.FailureKind;
import io.pinferry.write.RecordResult.Progress;
import io.pinferry.write.RecordResult.Success;
import io.pinferry.write.WriteCalls.Effect;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes the result of a record from the effect of its request.
 *
 * @param retries whether another run sends the unfinished records
 * @param granted finds the scopes of the connection; empty if they are unknown
 */
record RecordResults(
    WritableObject object, WriteVerb verb, boolean retries, Supplier<Set<String>> granted) {
  RecordResult of(RecordRequest request, Effect effect) {
    return switch (effect) {
      case Effect.Success(JsonNode answer) -> success(request, answer);
      case Effect.Refusal(PinterestFailure failure)
          when verb == WriteVerb.DELETE && failure.kind() == Kind.NOT_FOUND ->
          success(request, Json.object());
      case Effect.Refusal(PinterestFailure failure) ->
          new Failure(
              isTemporary(failure) ? FailureKind.NOT_DONE : FailureKind.REFUSED,
              failure.describe() + advice(request, failure));
      case Effect.Nothing(String reason, boolean retryable) ->
          retryable
              ? new Failure(FailureKind.NOT_DONE, reason + "; a repeat is safe and may succeed")
              : RecordResult.refusal(reason);
      case Effect.Progress(ObjectNode state) when retries ->
          new Failure(
              FailureKind.NOT_DONE,
              "not finished: Pinterest still works on it, as " + idOfProgress(state));
      case Effect.Progress(ObjectNode state) ->
          new Progress(isCreated(state) ? success(request, state) : null, state);
      case Effect.Doubt(String reason)
          when verb == WriteVerb.CREATE && request.call().repeatable() ->
          new Failure(
              FailureKind.NOT_DONE,
              "outcome unknown: Pinterest may or may not have done it ("
                  + reason
                  + "); a repeat is safe and may succeed");
      case Effect.Doubt(String reason) -> new Failure(FailureKind.UNKNOWN, doubt(reason));
    };
  }

  /** Returns the result of a pin whose video nobody brings to its end. */
  static Failure unfinished(ObjectNode state) {
    return new Failure(
        FailureKind.NOT_DONE,
        state.isEmpty()
            ? "nothing was written: the video took longer than there was time; a repeat is safe,"
                + " and has more time with mode asynchronous"
            : "nothing was written: Pinterest still processes the video, which it has as media "
                + state.path("media_id").asText()
                + ". Create it in some minutes with source_type video_id and that media_id");
  }

  Success success(RecordRequest request, JsonNode answer) {
    ObjectNode data = null;
    if (answer instanceof ObjectNode object && !object.isEmpty()) {
      data = object.deepCopy();
      data.remove(WritableObject.SECRET_MEMBERS);
    }
    return new Success(idOf(request, answer), data);
  }

  /** Returns the id in the answer, else the one that was sent; null if neither has one. */
  @Nullable String idOf(RecordRequest request, JsonNode answer) {
    JsonNode id = answer.path(object.idField());
    if (id.isValueNode() && !id.isNull()) {
      return id.asText();
    }
    Map<String, String> sent = request.parameters();
    ObjectNode body = request.body();
    if (body != null && body.path(object.idField()).isTextual()) {
      return body.path(object.idField()).textValue();
    }
    return sent.getOrDefault(object.idField(), sent.get("id"));
  }

  private boolean isCreated(ObjectNode state) {
    return state.has(object.idField()) && !VideoUpload.isUploading(state);
  }

  private String idOfProgress(ObjectNode state) {
    String id = object.idField();
    return state.path(state.has(id) ? id : VideoUpload.MEDIA.idField()).asText();
  }

  static boolean isTemporary(PinterestFailure failure) {
    return failure.kind() == Kind.RATE_LIMITED
        || failure.kind() == Kind.UNAVAILABLE
        || failure.passes();
  }

  /** Says what is missing, by Pinterest's own words or by the scopes that were granted. */
  private String permission(WriteCall call, PinterestFailure failure) {
    Set<String> has = granted.get();
    Set<String> missing = without(failure.namedScopes(), has);
    if (missing.isEmpty() && !has.isEmpty()) {
      missing = without(call.scopes(), has);
    }
    if (!missing.isEmpty()) {
      return ". The connection lacks the scope "
          + String.join(", ", missing)
          + ": add it to the provider app, and let the customer connect again";
    }
    String role = ". In a business account it also needs the role for it";
    if (has.isEmpty()) {
      return ". It may lack a scope of " + String.join(", ", new TreeSet<>(call.scopes())) + role;
    }
    Set<String> secret = without(call.secretScopes(), has);
    return ". The connection has the scopes that this always needs"
        + (secret.isEmpty()
            ? ""
            : ", but for a secret board or pin it lacks " + String.join(", ", secret))
        + role;
  }

  private static Set<String> without(Set<String> scopes, Set<String> granted) {
    Set<String> missing = new TreeSet<>(scopes);
    missing.removeAll(granted);
    return missing;
  }

  private String advice(RecordRequest request, PinterestFailure failure) {
    return switch (failure.kind()) {
      case FORBIDDEN -> permission(request.call(), failure);
      case SPAM_BLOCKED -> ". Do not repeat it: that makes the block longer";
      case RATE_LIMITED -> ". Nothing was written; try again at " + failure.retryAt();
      case TOKEN_REJECTED -> ". The customer has to connect again";
      case UNAVAILABLE -> ". Nothing was written; a repeat may succeed";
      case REFUSED ->
          failure.passes() ? ". Nothing was written; a repeat in some minutes may succeed" : "";
      case NOT_FOUND, NO_CATALOG -> "";
    };
  }

  private String doubt(String reason) {
    if (verb != WriteVerb.CREATE) {
      return "outcome unknown: Pinterest may or may not have done it ("
          + reason
          + "); a repeat is safe";
    }
    NaturalKey key = object.naturalKey();
    return "outcome unknown: Pinterest may or may not have created it ("
        + reason
        + ")"
        + (key == null
            ? ""
            : "; by its "
                + key.field()
                + " alone it cannot be told from others, or it is not there")
        + ". Look for it at Pinterest before you repeat this, or it may exist twice";
  }
}

package io.pinferry.local.simulator;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes some requests go wrong. A null condition is met by every request.
 *
 * @param path what the path of the request has to start with, such as {@code /v5/boards/}; with the
 *     method in front, such as {@code POST /v5/boards}, only requests with that method are hit
 * @param object what the operation has to be about: one of the objects, or {@code board_sections},
 *     {@code websites}, {@code commerce}, {@code logs}, {@code reports}, {@code uploads}, {@code
 *     report_files}, {@code user_account}, {@code oauth}
 * @param adAccountId the ad account the request has to be about, in its query or path
 * @param skip how many matching requests go well first
 * @param count how many are hit after that, or {@link #FOREVER}
 * @param effect what happens to them
 */
public record Fault(
    @Nullable String path,
    @Nullable String object,
    @Nullable String adAccountId,
    int skip,
    int count,
    Effect effect) {
  /** A count that does not end. */
  public static final int FOREVER = -1;

  /** Checks the numbers. */
  public Fault {
    if (skip < 0 || (count < 1 && count != FOREVER)) {
      throw new IllegalArgumentException("skip must be at least 0, count at least 1 or 'forever'");
    }
  }

  /** Hits every request until the faults are cleared. */
  public static Fault always(Effect effect) {
    return new Fault(null, null, null, 0, FOREVER, effect);
  }

  /** Hits the next {@code count} requests about {@code object}. */
  public static Fault next(String object, int count, Effect effect) {
    return new Fault(null, object, null, 0, count, effect);
  }

  /** Names what can go wrong. */
  public sealed interface Effect {}

  /** Answers late, but rightly. */
  public record Latency(Duration length) implements Effect {}

  /**
   * Answers with an error without doing anything.
   *
   * @param code the code in the body where it is JSON
   */
  public record Status(int status, int code, String message, BodyForm form) implements Effect {}

  static boolean changesRecords(Effect effect) {
    return effect instanceof Insert || effect instanceof Delete || effect instanceof Edit;
  }

  /** Names the kinds of error bodies. */
  public enum BodyForm {
    /** {@code code} and {@code message}. */
    JSON,
    /** A page of a gateway in front of the API. */
    HTML,
    /** The 429 that blocks spam instead of speed: its text says so, waiting does not help. */
    SPAM
  }

  /**
   * Answers in the place of Pinterest, as a gateway, a cache or a firewall before it does, without
   * doing anything. The answer has none of Pinterest's headers.
   *
   * @param form what the body looks like
   * @param headers further headers, such as {@code location} or {@code retry-after}
   */
  public record Edge(int status, EdgeForm form, Map<String, String> headers) implements Effect {
    /** Copies the headers. */
    public Edge {
      headers = Map.copyOf(headers);
    }
  }

  /** Names the kinds of bodies of an edge. */
  public enum EdgeForm {
    /** A page for people. */
    HTML,
    /** No body at all. */
    EMPTY,
    /** JSON, but not an error of Pinterest. */
    JSON
  }

  /** Refuses the credentials of the application at the token endpoint. */
  public record RefuseApp() implements Effect {}

  /** Refuses for lack of permission: 401 and code 29 for catalogs, else 403 and code 29. */
  public record Forbid() implements Effect {}

  /**
   * Ends the connection without an answer.
   *
   * @param applied whether the request was carried out before
   */
  public record Drop(boolean applied) implements Effect {}

  /**
   * Does what was asked, but leaves members out of the answer.
   *
   * @param members names of members of the answer itself
   */
  public record Without(List<String> members) implements Effect {
    /** Copies the names. */
    public Without {
      members = List.copyOf(members);
    }
  }

  /** Puts fewer records than asked for on a page that is not the last. */
  public record ShortPages(int size) implements Effect {}

  /** Puts no record on a page, with a bookmark that goes on from there. */
  public record EmptyPages() implements Effect {}

  /** Refuses the bookmark of the request, from now on. */
  public record ExpireBookmarks() implements Effect {}

  /** Answers the bookmark of the request again. */
  public record RepeatBookmark() implements Effect {}

  /**
   * Ends the token of the request and all access tokens of the same consent so far.
   *
   * @param refreshTokenToo whether the user removed the application, so that only a new consent
   *     helps
   */
  public record RevokeTokens(boolean refreshTokenToo) implements Effect {}

  /** Adds records of {@code object} just before the request is answered. */
  public record Insert(String object, int number) implements Effect {}

  /**
   * Deletes records of {@code object} just before the request is answered.
   *
   * @param number how many to choose; ignored where ids are named
   * @param ids which to delete
   */
  public record Delete(String object, int number, List<String> ids) implements Effect {
    /** Copies the ids. */
    public Delete {
      ids = List.copyOf(ids);
    }
  }

  /**
   * Edits records of {@code object} just before the request is answered.
   *
   * @param number how many to choose; ignored where ids are named
   * @param ids which to edit
   */
  public record Edit(String object, int number, List<String> ids) implements Effect {
    /** Copies the ids. */
    public Edit {
      ids = List.copyOf(ids);
    }
  }

  /**
   * Makes one pin huge for good: the first one of the page, in a member no schema knows.
   *
   * @param chars how long that member becomes
   */
  public record HugeRecord(int chars) implements Effect {}
}

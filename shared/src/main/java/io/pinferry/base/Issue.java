package io.pinferry.base;

import io.pinferry.base.PinferryException.InvalidRequest;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A problem of a request.
 *
 * @param in the part of the request
 * @param name the member: a dotted path with indexes in a body ({@code
 *     config.content.read.objects.pins.schedule}), or the name of a parameter or header
 * @param value the wrong value, if it is short and no secret
 * @param detail the problem and the right form, without a full stop
 */
public record Issue(In in, String name, @Nullable String value, String detail) {
  /** The part of a request that an issue is in. */
  public enum In {
    BODY,
    HEADER,
    PATH,
    QUERY;

    /** Returns the contract's word. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final int SHOWN_LENGTH_MAX = 100;
  private static final int NAME_LENGTH_MAX = 300;
  private static final int DETAIL_LENGTH_MAX = 2_000;

  /** Cuts what a request made too long, since an answer has many issues and a bound. */
  public Issue {
    name = CodePoints.clipped(name, NAME_LENGTH_MAX);
    value = value == null ? null : CodePoints.clipped(value, NAME_LENGTH_MAX);
    detail = CodePoints.clipped(detail, DETAIL_LENGTH_MAX);
  }

  /** Returns a text of a request for an answer, which shows only the beginning of a long text. */
  public static String clipped(String text) {
    return CodePoints.clipped(text, SHOWN_LENGTH_MAX);
  }

  /** Returns the place and the problem, in words for a person. */
  public String text() {
    return name + ": " + detail;
  }

  public static Issue body(String name, @Nullable String value, String detail) {
    return new Issue(In.BODY, name, value, detail);
  }

  public static Issue body(String name, String detail) {
    return body(name, null, detail);
  }

  public static Issue header(String name, String detail) {
    return new Issue(In.HEADER, name, null, detail);
  }

  public static Issue query(String name, @Nullable String value, String detail) {
    return new Issue(In.QUERY, name, value, detail);
  }

  public static Issue query(String name, String detail) {
    return query(name, null, detail);
  }

  public static Issue path(String name, @Nullable String value, String detail) {
    return new Issue(In.PATH, name, value, detail);
  }

  public static Issue path(String name, String detail) {
    return path(name, null, detail);
  }

  /** Returns the refusal of a request that cannot be read. */
  public InvalidRequest malformed() {
    return new InvalidRequest(InvalidRequest.Kind.MALFORMED, text(), null, List.of(this));
  }

  /** Returns the refusal of a request that breaks a rule. */
  public InvalidRequest unprocessable() {
    return new InvalidRequest(InvalidRequest.Kind.UNPROCESSABLE, text(), null, List.of(this));
  }
}

package io.pinferry.base;

import io.pinferry.base.PinferryException.InvalidRequest;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong with a request.
 *
 * @param in the part of the request
 * @param name the member: a dotted path with indexes in a body ({@code
 *     config.content.read.objects.pins.schedule}), else the parameter's or header's name
 * @param value the offending value where it is short and no secret
 * @param detail what is wrong and what would be right, without a full stop
 */
public record Issue(In in, String name, @Nullable String value, String detail) {
  /** The part of a request that an issue is in. */
  public enum In {
    BODY,
    HEADER,
    PATH,
    QUERY;

    /** Returns the contract's word for it. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final int SHOWN_LENGTH_MAX = 100;

  /** Returns a text of a request as an answer may show it: its beginning if it is long. */
  public static String clipped(String text) {
    return text.length() <= SHOWN_LENGTH_MAX ? text : text.substring(0, SHOWN_LENGTH_MAX) + "...";
  }

  /** Returns where it is and what, in a person's words. */
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

  /** Returns the refusal of a request that cannot be read because of this issue. */
  public InvalidRequest malformed() {
    return new InvalidRequest(InvalidRequest.Kind.MALFORMED, text(), null, List.of(this));
  }

  /** Returns the refusal of a request that breaks a rule because of this issue. */
  public InvalidRequest unprocessable() {
    return new InvalidRequest(InvalidRequest.Kind.UNPROCESSABLE, text(), null, List.of(this));
  }
}

package io.pinferry.pinterest;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pinferry.base.Json;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One record of a page and its wanted members. Both are ranges of the bytes of the page. Ends are
 * exclusive.
 */
public final class PageRecord {
  private final byte[] body;
  private final int start;
  private final int end;
  private final @Nullable Member[] members;

  /**
   * Makes a record.
   *
   * @param members by the index of their path; null where the record has no such member
   */
  PageRecord(byte[] body, int start, int end, @Nullable Member[] members) {
    this.body = body;
    this.start = start;
    this.end = end;
    this.members = members;
  }

  /**
   * A member of a record.
   *
   * @param path the index of its path
   * @param nameStart the position of the first quote of its name
   * @param start where its value begins
   * @param end where its value ends
   */
  public record Member(int path, int nameStart, int start, int end) {}

  /** Returns the whole page, to which all positions refer. Callers must not change it. */
  public byte[] body() {
    return body;
  }

  public int start() {
    return start;
  }

  public int end() {
    return end;
  }

  /** Returns the member at a path, by the index in {@link FieldPaths}. */
  public Optional<Member> member(int path) {
    return Optional.ofNullable(members[path]);
  }

  /** Returns the text of the member at a path; empty if the record has none or it is null. */
  public Optional<String> text(int path) {
    return member(path).filter(member -> body[member.start()] != 'n').map(this::text);
  }

  /** Returns a value as text: the content of a string, the JSON of any other value. */
  public String text(Member member) {
    String json = new String(body, member.start(), member.end() - member.start(), UTF_8);
    if (!json.startsWith("\"")) {
      return json;
    }
    return json.indexOf('\\') < 0
        ? json.substring(1, json.length() - 1)
        : Json.trusted(json).textValue();
  }
}

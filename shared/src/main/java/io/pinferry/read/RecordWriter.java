package io.pinferry.read;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pinferry.base.Digest;
import io.pinferry.base.Json;
import io.pinferry.operation.Selection;
import io.pinferry.operation.Work;
import io.pinferry.pinterest.FieldPaths;
import io.pinferry.pinterest.PageRecord;
import io.pinferry.pinterest.PageRecord.Member;
import io.pinferry.pinterest.ReadableObject;
import io.pinferry.pinterest.TimeField;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Turns Pinterest's records of one partition into delivered ones: {@code {"fields":…,
 * "mappedFields":…, "raw":…}}. Copies ranges of the page; a record is never built as a tree. Writes
 * one record at a time.
 *
 * <p>{@code raw} is the record as Pinterest sent it, and for records of a fan-out a first member
 * {@code _source} with the parameters that found it.
 */
final class RecordWriter {
  private static final String SOURCE = "_source";
  private static final String ID = "id";
  private static final byte[] FIELDS = ascii("{\"fields\":");
  private static final byte[] MAPPED_FIELDS = ascii(",\"mappedFields\":");
  private static final byte[] RAW = ascii(",\"raw\":{");
  private static final byte[] SOURCE_NAME = ascii("\"" + SOURCE + "\":");

  private final ReadableObject object;
  private final Selection selection;
  private final Map<String, String> source;
  private final byte[] sourceJson;
  private final FieldPaths paths = new FieldPaths();

  /** The selected fields; where all members are delivered, only those beside the copied ones. */
  private final Shape fields = new Shape();

  private final Shape mappedFields = new Shape();

  /** Where all members are delivered: the first-level members that are not copied. */
  private final List<Integer> notCopied = new ArrayList<>();

  /** Those of {@link #notCopied} that are delivered with another value. */
  private final Map<Integer, RecordValue> replaced = new HashMap<>();

  /** The record that is written; kept, since a new array costs its zeros. */
  private final ByteSink out = new ByteSink();

  private final @Nullable Instant since;
  private final @Nullable Instant until;

  /**
   * Makes a writer.
   *
   * @param source the partition's parameters; empty if it is not part of a fan-out
   * @param extraPaths further members to find, dotted; see {@link #text}
   */
  RecordWriter(Work.Read spec, Map<String, String> source, Collection<String> extraPaths) {
    this.object = spec.object();
    this.selection = spec.selection();
    this.source = new TreeMap<>(source);
    this.sourceJson = sourceJson(this.source);
    this.since = spec.period().since();
    this.until = spec.period().until();
    object.secretFields().forEach(path -> paths.addSecret(names(path)));
    object.key().stream()
        .filter(key -> !key.startsWith(SOURCE + "."))
        .forEach(key -> paths.add(names(key)));
    object.timeFields().stream().limit(1).forEach(time -> paths.add(names(time.name())));
    extraPaths.forEach(path -> paths.add(names(path)));
    for (Selection.Mapping mapping : selection.mapped()) {
      mappedFields.add(mapping.target(), value(mapping.source(), mapping.target()));
    }
    if (selection.all()) {
      selectAll();
    } else {
      selection.fields().forEach(path -> fields.add(path, value(path, path)));
    }
  }

  /** Mapped members are left out unless they are selected by name, too. */
  private void selectAll() {
    Set<String> leftOut = new LinkedHashSet<>();
    for (Selection.Mapping mapping : selection.mapped()) {
      if (mapping.source().names().size() == 1) {
        leftOut.add(mapping.source().names().getFirst());
      }
    }
    for (Selection.Path path : selection.fields()) {
      Value value = value(path, path);
      if (!(value instanceof RecordValue)) {
        fields.add(path, value);
        leftOut.add(path.names().getFirst());
      } else if (path.names().size() == 1) {
        leftOut.remove(path.names().getFirst());
      }
    }
    for (Selection.Path path : selection.fields()) {
      if (path.names().size() > 1 && leftOut.contains(path.names().getFirst())) {
        fields.add(path, value(path, path));
      }
    }
    leftOut.forEach(name -> notCopied.add(paths.add(List.of(name))));
    for (String name : selection.values().keySet()) {
      if (!leftOut.contains(name)) {
        var value = new RecordValue(List.of(name), name);
        notCopied.add(value.path);
        replaced.put(value.path, value);
      }
    }
  }

  /** Returns the members that a page has to be searched for. */
  FieldPaths paths() {
    return paths;
  }

  /** Returns a member, dotted, of a record as text; it must be one of those asked for. */
  Optional<String> text(PageRecord record, String path) {
    return record.text(paths.indexOf(names(path)));
  }

  /** Returns whether the record's time lies in the wanted range, or is unknown. */
  boolean isWanted(PageRecord record) {
    if ((since == null && until == null) || object.timeFields().isEmpty()) {
      return true;
    }
    TimeField time = object.timeFields().getFirst();
    Optional<Instant> at = text(record, time.name()).flatMap(time::read);
    return at.isEmpty()
        || ((since == null || !at.get().isBefore(since))
            && (until == null || at.get().isBefore(until)));
  }

  /** Returns a delivered record. */
  byte[] write(PageRecord record) {
    out.truncate(0);
    out.put(FIELDS);
    if (selection.all()) {
      writeAll(record, out);
    } else {
      fields.write(record, out);
    }
    if (!selection.mapped().isEmpty()) {
      out.put(MAPPED_FIELDS);
      mappedFields.write(record, out);
    }
    out.put(RAW);
    if (sourceJson.length > 0) {
      out.put(SOURCE_NAME).put(sourceJson);
      if (!isEmpty(record)) {
        out.put(',');
      }
    }
    out.put(record.body(), record.start() + 1, record.end()).put('}');
    return out.toBytes();
  }

  private static boolean isEmpty(PageRecord record) {
    int at = record.start() + 1;
    while (isBetweenMembers(record.body()[at])) {
      at++;
    }
    return at == record.end() - 1;
  }

  /** Writes every first-level member that is not left out, then what is selected beside them. */
  private void writeAll(PageRecord record, ByteSink out) {
    List<Member> cuts = new ArrayList<>();
    for (int path : notCopied) {
      record.member(path).ifPresent(cuts::add);
    }
    if (cuts.isEmpty() && fields.isEmpty()) {
      out.put(record.body(), record.start(), record.end());
      return;
    }
    cuts.sort(Comparator.comparingInt(Member::start));
    out.put('{');
    boolean any = false;
    int from = record.start() + 1;
    for (Member cut : cuts) {
      any = copyMembers(record.body(), from, cut.nameStart(), any, out);
      RecordValue value = replaced.get(cut.path());
      if (value != null) {
        writeComma(any, out);
        out.put(record.body(), cut.nameStart(), cut.start());
        value.of(record).ifPresent(range -> range.writeTo(out));
        any = true;
      }
      from = cut.end();
    }
    any = copyMembers(record.body(), from, record.end() - 1, any, out);
    fields.writeMembers(record, any, out);
    out.put('}');
  }

  /** Copies members that follow one another as they are. Returns whether there are any by now. */
  private static boolean copyMembers(
      byte[] body, int from, int to, boolean othersBefore, ByteSink out) {
    int start = from;
    int end = to;
    while (start < end && isBetweenMembers(body[start])) {
      start++;
    }
    while (start < end && isBetweenMembers(body[end - 1])) {
      end--;
    }
    if (start == end) {
      return othersBefore;
    }
    writeComma(othersBefore, out);
    out.put(body, start, end);
    return true;
  }

  private static boolean isBetweenMembers(byte one) {
    return one == ',' || one == ' ' || one == '\n' || one == '\r' || one == '\t';
  }

  private static void writeComma(boolean othersBefore, ByteSink out) {
    if (othersBefore) {
      out.put(',');
    }
  }

  private Value value(Selection.Path path, Selection.Path target) {
    List<String> names = path.names();
    if (names.getFirst().equals(SOURCE)) {
      return new SourceValue(names);
    }
    if (names.equals(List.of(ID)) && !object.hasOwnId()) {
      return new DerivedId();
    }
    return new RecordValue(names, target.text());
  }

  private static List<String> names(String dotted) {
    return List.of(dotted.split("\\."));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(UTF_8);
  }

  private static byte[] quoted(String text) {
    return Json.bytes(Json.object().textNode(text));
  }

  private static byte[] sourceJson(Map<String, String> source) {
    if (source.isEmpty()) {
      return new byte[0];
    }
    var json = Json.object();
    source.forEach(json::put);
    return Json.bytes(json);
  }

  /** JSON of one value. */
  private record Range(byte[] bytes, int start, int end) {
    static Range of(byte[] bytes) {
      return new Range(bytes, 0, bytes.length);
    }

    void writeTo(ByteSink out) {
      out.put(bytes, start, end);
    }
  }

  /** A delivered value. */
  private sealed interface Value {
    /** Returns the value's JSON; empty if the record has none. */
    Optional<Range> of(PageRecord record);
  }

  private final class RecordValue implements Value {
    private final int path;

    /** What is delivered instead of a value of Pinterest's, where that is changed. */
    private final Map<String, String> values;

    RecordValue(List<String> names, String targetName) {
      Map<String, Map<String, String>> all = selection.values();
      this.path = paths.add(names);
      this.values =
          all.getOrDefault(targetName, all.getOrDefault(String.join(".", names), Map.of()));
    }

    @Override
    public Optional<Range> of(PageRecord record) {
      return record
          .member(path)
          .map(
              member -> {
                String changed = values.isEmpty() ? null : values.get(record.text(member));
                return changed == null
                    ? new Range(record.body(), member.start(), member.end())
                    : Range.of(quoted(changed));
              });
    }
  }

  /** For objects whose records have no id: the key itself, or a digest of its parts. */
  private final class DerivedId implements Value {
    @Override
    public Optional<Range> of(PageRecord record) {
      List<String> parts = new ArrayList<>();
      for (String key : object.key()) {
        parts.add(
            key.startsWith(SOURCE + ".")
                ? source.getOrDefault(key.substring(SOURCE.length() + 1), "")
                : text(record, key).orElse(""));
      }
      return Optional.of(
          Range.of(
              quoted(
                  parts.size() == 1
                      ? parts.getFirst()
                      : Digest.of(parts.toArray(String[]::new)).hex(12))));
    }
  }

  private final class SourceValue implements Value {
    private final @Nullable Range json;

    SourceValue(List<String> names) {
      if (names.size() == 1) {
        this.json = sourceJson.length > 0 ? Range.of(sourceJson) : null;
      } else {
        String value = names.size() == 2 ? source.get(names.get(1)) : null;
        this.json = value == null ? null : Range.of(quoted(value));
      }
    }

    @Override
    public Optional<Range> of(PageRecord record) {
      return Optional.ofNullable(json);
    }
  }

  /** An object to deliver: its members in their order, values before objects. */
  private static final class Shape {
    private final Map<String, Field> values = new LinkedHashMap<>();
    private final Map<String, Inner> objects = new LinkedHashMap<>();

    private record Field(byte[] nameAndColon, Value value) {}

    private record Inner(byte[] nameAndColon, Shape shape) {}

    boolean isEmpty() {
      return values.isEmpty() && objects.isEmpty();
    }

    void add(Selection.Path target, Value value) {
      Shape shape = this;
      List<String> path = target.names();
      for (String name : path.subList(0, path.size() - 1)) {
        shape =
            shape
                .objects
                .computeIfAbsent(name, _ -> new Inner(nameAndColon(name), new Shape()))
                .shape();
      }
      shape.values.put(path.getLast(), new Field(nameAndColon(path.getLast()), value));
    }

    private static byte[] nameAndColon(String name) {
      return (Json.text(Json.object().textNode(name)) + ":").getBytes(UTF_8);
    }

    /** Writes the object. Returns whether it has members. */
    boolean write(PageRecord record, ByteSink out) {
      out.put('{');
      boolean any = writeMembers(record, false, out);
      out.put('}');
      return any;
    }

    /** Writes the members that the record has. Returns whether there are any by now. */
    boolean writeMembers(PageRecord record, boolean othersBefore, ByteSink out) {
      boolean any = othersBefore;
      for (Field field : values.values()) {
        Optional<Range> value = field.value().of(record);
        if (value.isPresent()) {
          writeComma(any, out);
          out.put(field.nameAndColon());
          value.get().writeTo(out);
          any = true;
        }
      }
      for (Map.Entry<String, Inner> object : objects.entrySet()) {
        Field whole = values.get(object.getKey());
        if (whole != null && whole.value().of(record).isPresent()) {
          // The whole value is there already; the name must not occur twice.
          continue;
        }
        int before = out.length();
        writeComma(any, out);
        out.put(object.getValue().nameAndColon());
        if (object.getValue().shape().write(record, out)) {
          any = true;
        } else {
          out.truncate(before);
        }
      }
      return any;
    }
  }
}

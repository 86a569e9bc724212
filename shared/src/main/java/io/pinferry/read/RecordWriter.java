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
 * Turns the Pinterest records of one partition into delivered records: {@code {"fields":…,
 * "mappedFields":…, "raw":…}}. It copies ranges of the page and builds no tree. It is not
 * thread-safe.
 *
 * <p>{@code raw} is the record of Pinterest, unchanged. In a fan-out its first member is {@code
 * _source}, the parameters of the partition.
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

  /** The selected fields. If all members are selected, only the fields that are not copied. */
  private final Shape fields = new Shape();

  private final Shape mappedFields = new Shape();

  /** The first-level members that are not copied if all members are selected. */
  private final List<Integer> notCopied = new ArrayList<>();

  /** The members of {@link #notCopied} that are delivered with another value. */
  private final Map<Integer, RecordValue> replaced = new HashMap<>();

  /** The output, reused because a new array must be filled with zeros. */
  private final ByteSink out = new ByteSink();

  private final @Nullable Instant since;
  private final @Nullable Instant until;

  /**
   * @param source the parameters of the partition; empty without a fan-out
   * @param extraPaths further dotted members to find; see {@link #text}
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

  /** Leaves mapped members out, unless they are selected by name too. */
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

  /** Returns the members to find in a page. */
  FieldPaths paths() {
    return paths;
  }

  /** Returns a dotted member of a record as text; it must be one of {@link #paths}. */
  Optional<String> text(PageRecord record, String path) {
    return record.text(paths.indexOf(names(path)));
  }

  /** Returns whether the time of the record is in the period, or is unknown. */
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

  /** Copies the first-level members except {@link #notCopied}, then writes the other fields. */
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

  /** Copies a range of members. Returns whether the object has members now. */
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
      return sourceValue(names);
    }
    if (names.equals(List.of(ID)) && !object.hasOwnId()) {
      return this::derivedId;
    }
    return new RecordValue(names, target.text());
  }

  private Value sourceValue(List<String> names) {
    Optional<byte[]> json =
        names.size() == 1
            ? Optional.of(sourceJson).filter(all -> all.length > 0)
            : Optional.of(names)
                .filter(path -> path.size() == 2)
                .map(path -> source.get(path.get(1)))
                .map(RecordWriter::quoted);
    Optional<Range> value = json.map(Range::of);
    return _ -> value;
  }

  /** Returns the values of the members that identify a record. */
  List<String> keyOf(PageRecord record) {
    List<String> parts = new ArrayList<>();
    for (String key : object.key()) {
      parts.add(
          key.startsWith(SOURCE + ".")
              ? source.getOrDefault(key.substring(SOURCE.length() + 1), "")
              : text(record, key).orElse(""));
    }
    return parts;
  }

  /** Returns the id of a record without one: the key, or a digest of its parts. */
  private Optional<Range> derivedId(PageRecord record) {
    List<String> parts = keyOf(record);
    String id =
        parts.size() == 1 ? parts.getFirst() : Digest.of(parts.toArray(String[]::new)).hex(12);
    return Optional.of(Range.of(quoted(id)));
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

  private record Range(byte[] bytes, int start, int end) {
    static Range of(byte[] bytes) {
      return new Range(bytes, 0, bytes.length);
    }

    void writeTo(ByteSink out) {
      out.put(bytes, start, end);
    }
  }

  private interface Value {
    /** Returns the JSON of the value; empty if the record does not have it. */
    Optional<Range> of(PageRecord record);
  }

  private final class RecordValue implements Value {
    private final int path;

    /** Delivered values by the values of Pinterest that they replace. */
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

  /** An object to deliver: its members in order, values before objects. */
  private static final class Shape {
    private final Map<String, Field> values = new LinkedHashMap<>();
    private final Map<String, NestedObject> objects = new LinkedHashMap<>();

    private record Field(byte[] nameAndColon, Value value) {}

    private record NestedObject(byte[] nameAndColon, Shape shape) {}

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
                .computeIfAbsent(name, _ -> new NestedObject(nameAndColon(name), new Shape()))
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

    /** Writes the members that the record has. Returns whether the object has members now. */
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
      for (Map.Entry<String, NestedObject> object : objects.entrySet()) {
        Field whole = values.get(object.getKey());
        if (whole != null && whole.value().of(record).isPresent()) {
          // The whole value is written already, and a name must not occur twice.
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

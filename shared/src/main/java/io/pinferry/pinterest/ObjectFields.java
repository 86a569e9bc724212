package io.pinferry.pinterest;

import io.pinferry.pinterest.Shape.Address;
import io.pinferry.pinterest.Shape.Choice;
import io.pinferry.pinterest.Shape.Entries;
import io.pinferry.pinterest.Shape.Filters;
import io.pinferry.pinterest.Shape.Flag;
import io.pinferry.pinterest.Shape.ListOf;
import io.pinferry.pinterest.Shape.Member;
import io.pinferry.pinterest.Shape.Members;
import io.pinferry.pinterest.Shape.Numeric;
import io.pinferry.pinterest.Shape.Text;
import io.pinferry.pinterest.Shape.Variants;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The fields of an object that are known before there is a record. Some can be read, some can be
 * written.
 *
 * @param displayName the object's name for people
 * @param fields by name, the readable ones first
 */
public record ObjectFields(String displayName, Map<String, FieldUse> fields) {
  /**
   * A field, with what can be done with it.
   *
   * @param readable whether records that are read have it
   * @param readOnly whether neither a create nor an update may set it
   * @param required whether a record cannot be created without it
   */
  public record FieldUse(ObjectField field, boolean readable, boolean readOnly, boolean required) {}

  /** Where Pinferry finds a video to upload: one of the two. Pinterest does not know them. */
  private static final Map<String, List<ObjectField>> BESIDE =
      Map.of("media", List.of(ObjectField.text("url"), ObjectField.text("data")));

  /** The objects whose ids go into a path, by the name of the member. */
  private static final Map<String, String> REFERENCES =
      Map.of("board_id", "boards", "save_pin_id", "pins");

  public ObjectFields {
    fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
  }

  /** Returns an object's fields; empty if there is no such object. */
  public static Optional<ObjectFields> find(String objectName) {
    Optional<ReadableObject> readable = ReadCatalogue.find(objectName);
    Optional<WritableObject> writable = WriteCatalogue.find(objectName);
    if (readable.isEmpty() && writable.isEmpty()) {
      return Optional.empty();
    }
    Map<String, Settable> settable = writable.map(ObjectFields::settable).orElse(Map.of());
    var fields = new LinkedHashMap<String, FieldUse>();
    Stream.of(ReadFields.of(objectName), ReadFields.observed(objectName))
        .flatMap(List::stream)
        .forEach(
            field -> {
              Settable set = settable.get(field.name());
              fields.put(
                  field.name(),
                  new FieldUse(field, true, set == null, set != null && set.required()));
            });
    settable.forEach(
        (name, set) ->
            fields.putIfAbsent(name, new FieldUse(set.field(), false, false, set.required())));
    return Optional.of(
        new ObjectFields(
            readable.map(ReadableObject::displayName).orElseGet(() -> DisplayNames.of(objectName)),
            fields));
  }

  /** Returns the field at a path from the record down; empty if it is not known. */
  public Optional<ObjectField> find(List<String> path) {
    FieldUse described = fields.get(path.getFirst());
    ObjectField field = described == null ? null : described.field();
    for (String name : path.subList(1, path.size())) {
      field = field == null ? null : member(field, name);
    }
    return Optional.ofNullable(field);
  }

  private static @Nullable ObjectField member(ObjectField field, String name) {
    return field.members().stream()
        .filter(member -> member.name().equals(name))
        .findFirst()
        .orElse(null);
  }

  /** A field that a request may set. */
  private record Settable(ObjectField field, boolean required) {}

  private static Map<String, Settable> settable(WritableObject object) {
    var settable = new LinkedHashMap<String, Settable>();
    Map<String, Settable> other =
        object.otherCreate() == null ? Map.of() : ofCreate(object.otherCreate().call());
    object
        .find(WriteVerb.CREATE)
        .map(ObjectFields::ofCreate)
        .ifPresent(
            usual -> {
              settable.putAll(usual);
              if (object.otherCreate() != null) {
                // Only a member that both ways to create it require is required.
                settable.replaceAll(
                    (name, set) ->
                        new Settable(set.field(), set.required() && other.containsKey(name)));
              }
            });
    other.forEach((name, set) -> settable.putIfAbsent(name, new Settable(set.field(), false)));
    object
        .find(WriteVerb.UPDATE)
        .ifPresent(
            update ->
                members(update.shape())
                    .forEach(
                        (name, member) ->
                            settable.putIfAbsent(
                                name, new Settable(field(name, member.shape()), false))));
    beside(object).forEach(field -> settable.putIfAbsent(field.name(), new Settable(field, false)));
    return settable;
  }

  private static Map<String, Settable> ofCreate(WriteCall create) {
    var settable = new LinkedHashMap<String, Settable>();
    create.parameters().forEach(name -> settable.put(name, new Settable(addressed(name), true)));
    members(create.shape())
        .forEach(
            (name, member) ->
                settable.put(name, new Settable(field(name, member.shape()), member.required())));
    return settable;
  }

  /** Members of a record that are not part of the body of a request. */
  private static List<ObjectField> beside(WritableObject object) {
    List<ObjectField> fields = new ArrayList<>(BESIDE.getOrDefault(object.name(), List.of()));
    if (object.calls().values().stream().anyMatch(WriteCall::adAccount)) {
      fields.add(ObjectField.reference(WriteCall.AD_ACCOUNT, "ad_accounts"));
    }
    return fields;
  }

  /** A member of a record that goes into the request's path or query. */
  private static ObjectField addressed(String name) {
    String object = REFERENCES.get(name);
    return object == null ? ObjectField.text(name) : ObjectField.reference(name, object);
  }

  /** Returns the members of an object, or of all its variants. */
  private static Map<String, Member> members(@Nullable Shape shape) {
    return switch (shape) {
      case Members members -> members.members();
      case Variants variants -> ofAll(variants);
      case null, default -> Map.of();
    };
  }

  /** A member is required if every variant requires it. */
  private static Map<String, Member> ofAll(Variants variants) {
    List<Map<String, Member>> all = new ArrayList<>();
    if (variants.absent() != null) {
      all.add(members(variants.absent()));
    }
    variants.variants().values().forEach(variant -> all.add(variant.members()));
    Set<String> names = new LinkedHashSet<>();
    all.forEach(variant -> names.addAll(variant.keySet()));
    var members = new LinkedHashMap<String, Member>();
    for (String name : names) {
      List<Member> those =
          all.stream().flatMap(variant -> Stream.ofNullable(variant.get(name))).toList();
      boolean required = those.size() == all.size() && those.stream().allMatch(Member::required);
      Shape shape =
          name.equals(variants.by())
              ? new Choice(List.copyOf(variants.variants().keySet()))
              : those.getFirst().shape();
      members.put(name, new Member(shape, required, true));
    }
    return members;
  }

  private static ObjectField field(String name, Shape shape) {
    return switch (shape) {
      case Text text -> ObjectField.text(name);
      case Address address -> ObjectField.text(name);
      case Choice choice -> ObjectField.choice(name, choice.allowed());
      case Numeric number -> number.whole() ? ObjectField.whole(name) : ObjectField.decimal(name);
      case Flag flag -> ObjectField.flag(name);
      case ListOf list ->
          list.entry() instanceof Choice choice
              ? ObjectField.choices(name, choice.allowed())
              : ObjectField.list(name);
      case Members members -> object(name, members.members());
      case Variants variants -> object(name, ofAll(variants));
      case Filters filters -> ObjectField.object(name);
      case Entries entries -> ObjectField.object(name);
    };
  }

  private static ObjectField object(String name, Map<String, Member> members) {
    return ObjectField.object(
        name,
        members.entrySet().stream()
            .map(member -> field(member.getKey(), member.getValue().shape()))
            .toArray(ObjectField[]::new));
  }
}

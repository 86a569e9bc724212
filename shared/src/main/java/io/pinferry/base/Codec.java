package io.pinferry.base;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.Version;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.AnnotatedConstructor;
import com.fasterxml.jackson.databind.introspect.AnnotatedField;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.AnnotatedParameter;
import com.fasterxml.jackson.databind.introspect.AnnotationIntrospectorPair;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.introspect.NopAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.fasterxml.jackson.databind.type.LogicalType;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes records as JSON: stored records, messages and answers.
 *
 * <p>The rules:
 *
 * <ul>
 *   <li>A record is an object. Its members have the names of the record's components; a
 *       {@code @JsonProperty} on a component gives another name. Methods are never members.
 *   <li>A record with {@code value} as its only component is written as that value, for example
 *       every id.
 *   <li>Null is left out. A component is required unless it is {@code @Nullable} or a collection;
 *       an absent collection is empty. So a component that is added later must be one of the two.
 *       Otherwise earlier JSON can no longer be read.
 *   <li>Unknown members are ignored, so that an older version can read the JSON of a newer one.
 *   <li>A class with a {@code @JsonValue} is written as this value and needs a
 *       {@code @JsonCreator}. An enum without one is written as its name.
 *   <li>A sealed interface lists its variants in {@code @JsonSubTypes}. The member with the name of
 *       the variant is in {@code @JsonTypeInfo}.
 *   <li>An {@link Instant} is written as RFC 3339 in UTC.
 *   <li>Types are not converted: a number is no text, and a text is no number.
 *   <li>Only {@link #secret} writes a {@link Secret}. The other methods refuse it.
 * </ul>
 *
 * <p>No exception repeats a value of the JSON, since it may be a secret.
 *
 * <p>See docs/decisions/0023-one-codec.md.
 */
public final class Codec {
  private static final String SECRETS = "secrets";

  private static final JsonMapper MAPPER =
      JsonMapper.builder(Json.strict())
          .annotationIntrospector(
              new AnnotationIntrospectorPair(
                  new RecordRules(), new JacksonAnnotationIntrospector()))
          .addModule(
              new SimpleModule()
                  .addSerializer(Instant.class, ToStringSerializer.instance)
                  .addDeserializer(Instant.class, new InstantReader())
                  .addSerializer(Secret.class, new SecretWriter()))
          .visibility(PropertyAccessor.ALL, Visibility.NONE)
          .visibility(PropertyAccessor.FIELD, Visibility.ANY)
          .visibility(PropertyAccessor.CREATOR, Visibility.ANY)
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .withCoercionConfig(
              LogicalType.Textual,
              text -> {
                text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail);
                text.setCoercion(CoercionInputShape.Float, CoercionAction.Fail);
                text.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
              })
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private static final ObjectWriter WITH_SECRETS = MAPPER.writer().withAttribute(SECRETS, true);

  private Codec() {}

  /** Returns a value as JSON without spaces. */
  public static String text(Object value) {
    return write(MAPPER.writer(), value);
  }

  /** Returns a value as JSON without spaces, including its secrets. */
  public static Secret secret(Object value) {
    return new Secret(write(WITH_SECRETS, value));
  }

  /** Returns a value as UTF-8 JSON without spaces. */
  public static byte[] bytes(Object value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw unwritable(value, e);
    }
  }

  /** Returns a record as a tree. */
  public static ObjectNode tree(Object value) {
    try {
      return MAPPER.valueToTree(value);
    } catch (IllegalArgumentException e) {
      throw unwritable(value, e);
    }
  }

  /** Reads the JSON of {@link #text} or {@link #secret}. Other JSON is a bug. */
  public static <T> T stored(Class<T> type, String json) {
    try {
      return notNull(type, MAPPER.readValue(json, type));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("stored JSON: " + problem(type, e));
    }
  }

  /** Reads the tree of {@link #tree}. Another tree is a bug. */
  public static <T> T stored(Class<T> type, JsonNode json) {
    try {
      return notNull(type, MAPPER.treeToValue(json, type));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("stored JSON: " + problem(type, e));
    }
  }

  /**
   * Reads JSON from outside.
   *
   * @throws IOException if it is not a {@code T}
   */
  public static <T> T parse(Class<T> type, byte[] utf8) throws IOException {
    try {
      return notNull(type, MAPPER.readValue(utf8, type));
    } catch (JsonProcessingException e) {
      throw new IOException(problem(type, e));
    }
  }

  private static <T> T notNull(Class<T> type, @Nullable T value) throws JsonMappingException {
    if (value == null) {
      throw JsonMappingException.from((JsonParser) null, "null is no " + type.getSimpleName());
    }
    return value;
  }

  private static String write(ObjectWriter writer, Object value) {
    try {
      return CodePoints.halvesEscaped(writer.writeValueAsString(value));
    } catch (JsonProcessingException e) {
      throw unwritable(value, e);
    }
  }

  private static IllegalStateException unwritable(Object value, Exception e) {
    return new IllegalStateException(value.getClass().getSimpleName() + " cannot be written", e);
  }

  /** Returns the place and the kind of a problem. Jackson's own message would show the value. */
  private static String problem(Class<?> type, JsonProcessingException e) {
    String path =
        e instanceof JsonMappingException mapping
            ? mapping.getPath().stream()
                .map(
                    step ->
                        step.getFieldName() == null
                            ? "[" + step.getIndex() + "]"
                            : "." + step.getFieldName())
                .collect(Collectors.joining())
            : "";
    return "no "
        + type.getSimpleName()
        + path
        + ": "
        + e.getClass().getSimpleName().replace("Exception", "");
  }

  /** The rules for records. */
  private static final class RecordRules extends NopAnnotationIntrospector {
    private static final long serialVersionUID = 1;

    @Override
    public Version version() {
      return Version.unknownVersion();
    }

    @Override
    public @Nullable Boolean hasAsValue(Annotated member) {
      boolean value = member instanceof AnnotatedField field && isValue(field.getDeclaringClass());
      return value ? true : null;
    }

    @Override
    public JsonCreator.@Nullable Mode findCreatorAnnotation(
        MapperConfig<?> config, Annotated member) {
      boolean value =
          member instanceof AnnotatedConstructor constructor
              && isValue(constructor.getDeclaringClass());
      return value ? JsonCreator.Mode.DELEGATING : null;
    }

    @Override
    public @Nullable Boolean hasRequiredMarker(AnnotatedMember member) {
      RecordComponent component = component(member);
      return component == null ? null : !(isNullable(component) || isCollection(component));
    }

    @Override
    public JsonSetter.Value findSetterInfo(Annotated member) {
      RecordComponent component = component(member);
      if (component == null || isNullable(component)) {
        return JsonSetter.Value.empty();
      }
      return JsonSetter.Value.construct(
          isCollection(component) ? Nulls.AS_EMPTY : Nulls.FAIL, Nulls.FAIL);
    }

    private static boolean isValue(Class<?> type) {
      return type.isRecord()
          && type.getRecordComponents().length == 1
          && type.getRecordComponents()[0].getName().equals("value");
    }

    /** Returns the component of a parameter of a canonical constructor. */
    private static @Nullable RecordComponent component(Annotated member) {
      if (member instanceof AnnotatedParameter parameter
          && parameter.getOwner() instanceof AnnotatedConstructor constructor
          && constructor.getDeclaringClass().isRecord()) {
        RecordComponent[] components = constructor.getDeclaringClass().getRecordComponents();
        if (constructor.getParameterCount() == components.length) {
          return components[parameter.getIndex()];
        }
      }
      return null;
    }

    private static boolean isNullable(RecordComponent component) {
      return component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    }

    private static boolean isCollection(RecordComponent component) {
      return Collection.class.isAssignableFrom(component.getType())
          || Map.class.isAssignableFrom(component.getType());
    }
  }

  private static final class InstantReader extends StdScalarDeserializer<Instant> {
    private static final long serialVersionUID = 1;

    InstantReader() {
      super(Instant.class);
    }

    @Override
    public Instant deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      try {
        return Instant.parse(parser.getText());
      } catch (DateTimeException e) {
        throw JsonMappingException.from(parser, "not an instant", e);
      }
    }
  }

  private static final class SecretWriter extends JsonSerializer<Secret> {
    @Override
    public void serialize(Secret secret, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      if (provider.getAttribute(SECRETS) == null) {
        provider.reportBadDefinition(Secret.class, "a secret does not belong here");
      }
      json.writeString(secret.value());
    }
  }
}

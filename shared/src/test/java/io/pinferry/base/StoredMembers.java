package io.pinferry.base;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The members and variants of types that {@link Codec} binds, and those that forms have. */
final class StoredMembers {
  private final Set<Class<?>> known = new LinkedHashSet<>();
  private final Set<Class<?>> enums = new LinkedHashSet<>();
  private final Set<String> declared = new TreeSet<>();
  private final Set<String> seen = new TreeSet<>();

  /** Notes what a type has, and what a form of it has. */
  void see(Class<?> type, JsonNode form) {
    declare(type);
    note(type, form);
  }

  /** Returns the members and variants that no form has. */
  Set<String> unseen() {
    Set<String> unseen = new TreeSet<>(declared);
    unseen.removeAll(seen);
    return unseen;
  }

  Set<Class<?>> enums() {
    return enums;
  }

  private void declare(Type type) {
    if (type instanceof ParameterizedType generic) {
      Stream.of(generic.getActualTypeArguments()).forEach(this::declare);
    }
    if (!(type instanceof Class<?> one) || !known.add(one)) {
      return;
    }
    if (one.isEnum()) {
      enums.add(one);
    } else if (isBound(one)) {
      for (RecordComponent component : one.getRecordComponents()) {
        declared.add(member(one, component));
        declare(component.getGenericType());
      }
    } else if (one.isAnnotationPresent(JsonSubTypes.class)) {
      for (JsonSubTypes.Type variant : one.getAnnotation(JsonSubTypes.class).value()) {
        declared.add(variant.value().getName());
        declare(variant.value());
      }
    }
  }

  private void note(Type type, JsonNode form) {
    if (type instanceof ParameterizedType generic) {
      // The elements of a collection, or the values of a map.
      boolean collection = Collection.class.isAssignableFrom((Class<?>) generic.getRawType());
      Type element = generic.getActualTypeArguments()[collection ? 0 : 1];
      form.forEach(each -> note(element, each));
    } else if (type instanceof Class<?> one && isBound(one)) {
      for (RecordComponent component : one.getRecordComponents()) {
        JsonNode value = form.path(name(component));
        if (!value.isMissingNode()) {
          seen.add(member(one, component));
          note(component.getGenericType(), value);
        }
      }
    } else if (type instanceof Class<?> one && one.isAnnotationPresent(JsonSubTypes.class)) {
      String variant = form.path(one.getAnnotation(JsonTypeInfo.class).property()).asText();
      for (JsonSubTypes.Type named : one.getAnnotation(JsonSubTypes.class).value()) {
        if (named.name().equals(variant)) {
          seen.add(named.value().getName());
          note(named.value(), form);
        }
      }
    }
  }

  /** Returns whether a type is written member by member. */
  private static boolean isBound(Class<?> type) {
    return type.isRecord()
        && !(type.getRecordComponents().length == 1
            && type.getRecordComponents()[0].getName().equals("value"))
        && Stream.of(type.getDeclaredMethods(), type.getDeclaredConstructors())
            .flatMap(Arrays::stream)
            .map(AnnotatedElement.class::cast)
            .noneMatch(
                part ->
                    part.isAnnotationPresent(JsonValue.class)
                        || part.isAnnotationPresent(JsonCreator.class));
  }

  private static String member(Class<?> type, RecordComponent component) {
    return type.getName() + "." + name(component);
  }

  private static String name(RecordComponent component) {
    JsonProperty named = component.getAccessor().getAnnotation(JsonProperty.class);
    return named == null ? component.getName() : named.value();
  }
}

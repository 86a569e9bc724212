package io.pinferry.local.repository;

import static java.util.stream.Collectors.toSet;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The code that a class can reach: everything that its methods call, and what that calls. A call of
 * an interface's method reaches the classes that are created on the way (rapid type analysis).
 * Lambdas count to the method that they are written in.
 */
final class ReachableCalls {
  private final JavaClasses known;
  private final Set<JavaCodeUnit> reached = new HashSet<>();
  private final Set<JavaClass> created = new HashSet<>();
  private final Map<JavaClass, List<JavaMethod>> calledOn = new HashMap<>();
  private final Deque<JavaCodeUnit> next = new ArrayDeque<>();

  /** Starts at all methods of a class. */
  ReachableCalls(JavaClasses known, JavaClass start) {
    this.known = known;
    create(start);
    start.getCodeUnits().forEach(this::reach);
    for (JavaCodeUnit unit = next.poll(); unit != null; unit = next.poll()) {
      follow(unit);
    }
  }

  Set<JavaCodeUnit> codeUnits() {
    return reached;
  }

  /** Returns whether an object of the class can exist. */
  boolean creates(Class<?> type) {
    return created.stream().anyMatch(one -> one.isEquivalentTo(type));
  }

  private void follow(JavaCodeUnit unit) {
    Stream.of(
            unit.getConstructorCallsFromSelf().stream(),
            unit.getConstructorReferencesFromSelf().stream())
        .flatMap(calls -> calls)
        .forEach(
            call -> {
              create(call.getTargetOwner());
              call.getTarget().resolveMember().ifPresent(this::reach);
            });
    Stream.of(unit.getMethodCallsFromSelf().stream(), unit.getMethodReferencesFromSelf().stream())
        .flatMap(calls -> calls)
        .map(JavaAccess::getTarget)
        .map(AccessTarget.class::cast)
        .forEach(target -> target.resolveMember().ifPresent(called -> call((JavaMethod) called)));
    unit.getAccessesFromSelf().forEach(access -> initialize(access.getTargetOwner()));
  }

  private void initialize(JavaClass type) {
    if (isKnown(type)) {
      type.getStaticInitializer().ifPresent(this::reach);
    }
  }

  private void call(JavaMethod method) {
    reach(method);
    JavaClass owner = method.getOwner();
    if (!isKnown(owner) || method.getModifiers().contains(JavaModifier.STATIC)) {
      return;
    }
    List<JavaMethod> called = calledOn.computeIfAbsent(owner, _ -> new ArrayList<>());
    if (!called.contains(method)) {
      called.add(method);
      created.stream()
          .filter(type -> type.isAssignableTo(owner.getName()))
          .forEach(type -> dispatch(method, type));
    }
  }

  private void create(JavaClass type) {
    if (!isKnown(type) || !created.add(type)) {
      return;
    }
    supertypes(type)
        .forEach(
            supertype -> {
              if (isKnown(supertype)) {
                calledOn
                    .getOrDefault(supertype, List.of())
                    .forEach(method -> dispatch(method, type));
              } else {
                // Others call what a class of the JDK or a library declares.
                Set<String> names =
                    Stream.of(supertype.reflect().getMethods())
                        .map(method -> method.getName() + method.getParameterCount())
                        .collect(toSet());
                type.getMethods().stream()
                    .filter(
                        method ->
                            names.contains(method.getName() + method.getRawParameterTypes().size()))
                    .forEach(this::reach);
              }
            });
  }

  /** Reaches the method that a call runs in an object of a class. */
  private void dispatch(JavaMethod called, JavaClass type) {
    Stream.concat(Stream.of(type), supertypes(type))
        .filter(this::isKnown)
        .flatMap(
            owner ->
                owner
                    .tryGetMethod(
                        called.getName(),
                        called.getRawParameterTypes().stream()
                            .map(JavaClass::getName)
                            .toArray(String[]::new))
                    .stream())
        .findFirst()
        .ifPresent(this::reach);
  }

  private static Stream<JavaClass> supertypes(JavaClass type) {
    return Stream.concat(
        type.getAllRawSuperclasses().stream(), type.getAllRawInterfaces().stream());
  }

  private void reach(JavaCodeUnit unit) {
    if (isKnown(unit.getOwner()) && reached.add(unit)) {
      next.add(unit);
      initialize(unit.getOwner());
    }
  }

  private boolean isKnown(JavaClass type) {
    return known.contain(type.getName());
  }
}

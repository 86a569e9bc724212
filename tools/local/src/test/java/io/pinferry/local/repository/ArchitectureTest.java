package io.pinferry.local.repository;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.pinferry.aws.AwsFunction;
import io.pinferry.base.IdSource;
import io.pinferry.base.PinferryException;
import io.pinferry.base.Tasks;
import io.pinferry.net.OkHttpFileRelay;
import io.pinferry.net.OkHttpTransport;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** States the architecture, and why; fails where the code leaves it. */
final class ArchitectureTest {
  private static final String LOCAL = "io.pinferry.local..";
  private static final String FUNCTIONS = "io.pinferry.functions..";
  private static final String BENCHMARKS = "io.pinferry.benchmarks..";
  private static final String SIMULATION = "io.pinferry.simulation..";

  /** Main classes of all modules. */
  private static final JavaClasses ALL =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .withImportOption(location -> !location.contains("-tests.jar"))
          .importPackages("io.pinferry");

  /** The deployed code: everything except the tools. */
  static final JavaClasses PRODUCT =
      ALL.that(not(resideInAnyPackage(LOCAL, BENCHMARKS, SIMULATION)));

  /** The library behind all functions. */
  private static final JavaClasses SHARED = PRODUCT.that(not(resideInAPackage(FUNCTIONS)));

  /** Where a function is put together, and the only place that knows real time and chance. */
  private static final DescribedPredicate<JavaClass> WIRING =
      describe(
          "a handler or what all functions are built from",
          type ->
              resideInAPackage(FUNCTIONS).test(type)
                  || Set.of(AwsFunction.class.getName(), "io.pinferry.aws.AwsPorts")
                      .contains(outermost(type).getName()));

  @Test
  void theLibraryStandsAlone() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(FUNCTIONS, LOCAL, BENCHMARKS)
        .because("dependencies point one way, functions -> shared, so the library runs in a test")
        .check(SHARED);
  }

  @Test
  void nothingDeployedKnowsTheLocalStack() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(LOCAL, BENCHMARKS)
        .because("nothing of local mode may reach production")
        .check(PRODUCT);
  }

  @Test
  void functionsDoNotSeeEachOther() {
    slices()
        .matching("io.pinferry.functions.(*)..")
        .should()
        .notDependOnEachOther()
        .because("each function deploys and fails alone; they meet through queues and tables")
        .allowEmptyShould(true)
        .check(PRODUCT);
  }

  @Test
  void featuresFormNoCycles() {
    slices()
        .matching("io.pinferry.(*)..")
        .should()
        .beFreeOfCycles()
        .because("a feature can then be read, tested and changed without the ones above it")
        .check(SHARED);
  }

  @Test
  void theFoundationKnowsNoFeature() {
    noClasses()
        .that()
        .resideInAPackage("io.pinferry.base..")
        .should()
        .dependOnClassesThat(
            resideInAPackage("io.pinferry..").and(not(resideInAPackage("io.pinferry.base.."))))
        .because("everything stands on it")
        .check(SHARED);
  }

  @Test
  void onlyAdaptersAndWiringKnowTheAwsSdk() {
    noClasses()
        .that(not(resideInAPackage("io.pinferry.aws..")))
        .should()
        .dependOnClassesThat()
        .resideInAPackage("software.amazon.awssdk..")
        .because("features know ports, so that their tests need no cloud")
        .check(PRODUCT);
  }

  @Test
  void featuresDoNotKnowTheirAdapters() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.pinferry.aws..", FUNCTIONS)
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.pinferry.aws..")
        .because("ports point inwards; wiring puts adapters behind them")
        .check(PRODUCT);
  }

  @Test
  void lambdaStopsAtTheEdge() {
    noClasses()
        .that(
            not(
                resideInAnyPackage("io.pinferry.http..", "io.pinferry.aws..")
                    .or(WIRING)
                    .or(simpleName("Invocation"))))
        .should()
        .dependOnClassesThat()
        .resideInAPackage("com.amazonaws.services.lambda..")
        .because("use cases run in a plain test, without Lambda")
        .check(PRODUCT);
  }

  @Test
  void noTypedEventIsBound() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAPackage("com.amazonaws.services.lambda.runtime.events..")
        .because("binding events to classes triples the cold start")
        .check(ALL);
  }

  @Test
  void timeAndChanceArePassedIn() {
    DescribedPredicate<JavaClass> realIds =
        describe("the real source of ids", type -> type.isAssignableTo(IdSource.class));
    noClasses()
        .that(not(WIRING.or(realIds)))
        .should()
        .accessTargetWhere(
            call(Instant.class, "now", 0)
                .or(call(Clock.class, "system.*", 0))
                .or(call(Clock.class, "system.*", 1))
                .or(call(System.class, "currentTimeMillis|nanoTime", 0))
                .or(call(UUID.class, "randomUUID", 0))
                .or(call(Math.class, "random", 0))
                .or(call(ThreadLocalRandom.class, "current", 0))
                .or(call(Random.class, "<init>", 0))
                .or(call(SecureRandom.class, "<init>", 0)))
        .because("the simulation replays weeks from one seed; only wiring knows the real ones")
        .check(PRODUCT);
  }

  @Test
  void theSystemClockIsForWiringOnly() {
    noClasses()
        .that(not(WIRING))
        .and()
        .doNotHaveFullyQualifiedName("io.pinferry.base.Log")
        .should()
        .accessTargetWhere(call(InstantSource.class, "system", 0))
        .because("time is passed in; Log.none() has one whose lines nobody reads")
        .check(PRODUCT);
  }

  @Test
  void concurrencyGoesThroughTheTasksPort() {
    DescribedPredicate<JavaClass> threads =
        describe(
            "threads, executors or futures",
            type ->
                Set.of("java.lang.Thread", "java.util.Timer").contains(type.getFullName())
                    || (type.getPackageName().equals("java.util.concurrent")
                        && type.getSimpleName()
                            .matches(".*(Executor|ExecutorService|Executors|Future|FutureTask)")));
    // The HTTP client is interrupted by threads; it sits behind ports of its own, which the
    // simulation replaces as a whole.
    DescribedPredicate<JavaClass> behindAPort =
        describe(
            "an implementation of Tasks or of HTTP",
            type ->
                outermost(type).isAssignableTo(Tasks.class)
                    || outermost(type).isEquivalentTo(OkHttpTransport.class)
                    || outermost(type).isEquivalentTo(OkHttpFileRelay.class));
    noClasses()
        .that(not(behindAPort))
        .should()
        .dependOnClassesThat(threads)
        .because("the simulation decides which task runs next, and kills it where it likes")
        .check(PRODUCT);
  }

  @Test
  void optionalIsForReturnValuesOnly() {
    fields()
        .should()
        .notHaveRawType(Optional.class)
        .because("an absent field is @Nullable")
        .check(PRODUCT);
    methods()
        .should()
        .notHaveRawParameterTypes(
            describe("an Optional", types -> types.stream().anyMatch(ArchitectureTest::optional)))
        .because("an absent parameter is @Nullable")
        .check(PRODUCT);
  }

  @Test
  void failuresAreOfTheSealedKinds() {
    classes()
        .that()
        .areAssignableTo(RuntimeException.class)
        .and()
        .areNotNestedClasses()
        .should()
        .beAssignableTo(PinferryException.class)
        .because("one place turns every failure of a request into its answer")
        .check(PRODUCT);
  }

  @Test
  void nothingPrints() {
    noClasses()
        .that(not(WIRING))
        .and()
        // It discards what is printed before a snapshot.
        .doNotHaveSimpleName("Priming")
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .orShould()
        .callMethod(Throwable.class, "printStackTrace")
        .because("every line goes through the redacting log")
        .check(PRODUCT);
    noClasses()
        .that()
        .resideInAPackage(LOCAL)
        .and()
        .resideOutsideOfPackage("io.pinferry.local.cli..")
        .and()
        // Functions print their log lines, as on Lambda; this one takes them in.
        .doNotHaveFullyQualifiedName("io.pinferry.local.cloud.FunctionLog")
        .should()
        .accessField(System.class, "out")
        .because("the command line decides what a person sees")
        .allowEmptyShould(true)
        .check(ALL);
  }

  @Test
  void noClassKeepsStaticState() {
    fields()
        .that()
        .areStatic()
        .and()
        .doNotHaveModifier(JavaModifier.SYNTHETIC)
        .should()
        .beFinal()
        .because("several environments share one process locally, and tests run in any order")
        .check(ALL);
  }

  @Test
  void everyDrawComesFromASecureSource() {
    noClasses()
        .should()
        .callMethod(RandomGenerator.class, "getDefault")
        .orShould()
        .callConstructor(SplittableRandom.class)
        .orShould()
        .callConstructor(Random.class)
        .orShould()
        .callMethod(Math.class, "random")
        .because("environments that are restored from one snapshot would draw the same numbers")
        .check(PRODUCT);
  }

  @Test
  void theEnvironmentIsReadOnce() {
    noClasses()
        .that(not(WIRING))
        .should()
        .callMethod(System.class, "getenv")
        .orShould()
        .callMethod(System.class, "getenv", String.class)
        .because("settings come as a map, checked at start")
        .check(PRODUCT);
  }

  @Test
  void onlyTheWiringOfTheFunctionsKnowsALoggingLibrary() {
    noClasses()
        .that()
        .doNotHaveSimpleName("AwsFunction")
        .and()
        .doNotHaveSimpleName("PowertoolsLines")
        .and()
        .doNotHaveSimpleName("PowertoolsMetrics")
        .and()
        .doNotHaveSimpleName("RedactedLayout")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.slf4j..",
            "org.apache.logging..",
            "software.amazon.lambda.powertools..",
            "java.util.logging..",
            "java.lang.System$Logger")
        .because("docs/decisions/0031-powertools.md: packages by feature know the port Log alone")
        .check(PRODUCT);
  }

  private static DescribedPredicate<JavaAccess<?>> call(
      Class<?> owner, String name, int parameterCount) {
    return describe(
        owner.getSimpleName() + "." + name,
        access ->
            access.getTarget() instanceof AccessTarget.CodeUnitAccessTarget target
                && target.getOwner().isEquivalentTo(owner)
                && target.getName().matches(name)
                && target.getRawParameterTypes().size() == parameterCount);
  }

  private static boolean optional(JavaClass type) {
    return type.isEquivalentTo(Optional.class);
  }

  private static JavaClass outermost(JavaClass type) {
    return type.getEnclosingClass().map(ArchitectureTest::outermost).orElse(type);
  }
}

package io.pinferry.local.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The house rules that are about files rather than classes. */
final class RepositoryTest {
  private static final Set<String> TEXT =
      Set.of("java", "xml", "yaml", "yml", "toml", "md", "json", "html", "css", "js", "sh");

  /** Put together here so that this file does not contain what it looks for. */
  private static final Pattern LEFTOVER =
      Pattern.compile("\\bFIX" + "ME\\b|\\bXX" + "X\\b|\\bTO" + "DO\\b(?!\\(#\\d+\\))");

  /** The project's name until decision 0021, which a hosted product bears. */
  private static final Pattern OLD_NAME =
      Pattern.compile("pin[-_ ]?" + "bridge", Pattern.CASE_INSENSITIVE);

  private static final Set<Path> MAY_BEAR_THE_OLD_NAME =
      Set.of(Path.of("CHANGELOG.md"), Path.of("docs/decisions/0021-the-name-pinferry.md"));

  /** They hold modules and no code. */
  private static final Set<Path> AGGREGATES = Set.of(Path.of("functions"), Path.of("tools"));

  static List<Path> decisions() {
    return Repository.files(file -> file.startsWith("docs/decisions"));
  }

  static List<Path> modules() {
    return Repository.modules().stream().filter(path -> !AGGREGATES.contains(path)).toList();
  }

  @Test
  void nothingIsLeftToDoWithoutAnIssueNumber() {
    assertThat(textFiles())
        .filteredOn(file -> LEFTOVER.matcher(Repository.read(file)).find())
        .as("files with a leftover mark; a TO" + "DO names its issue as in TO" + "DO(#12)")
        .isEmpty();
  }

  @Test
  void onlyTheChangelogAndOneDecisionBearTheOldName() {
    assertThat(Repository.files(file -> !MAY_BEAR_THE_OLD_NAME.contains(file)))
        .filteredOn(file -> OLD_NAME.matcher(file + "\n" + Repository.read(file)).find())
        .as("files with the name that the project had until decision 0021")
        .isEmpty();
  }

  @Test
  void textEndsWithOneNewlineAndHasNoTabsOrTrailingSpaces() {
    assertThat(textFiles())
        .allSatisfy(
            file -> {
              String text = Repository.read(file);
              assertThat(text).as("%s", file).endsWith("\n").doesNotContain("\t", "\r", " \n");
            });
  }

  @Test
  void theLicenceIsApache() {
    assertThat(Repository.read(Path.of("LICENSE")))
        .contains("Apache License", "Version 2.0, January 2004", "END OF TERMS AND CONDITIONS");
    assertThat(Repository.read(Path.of("pom.xml"))).contains("<name>Apache-2.0</name>");
  }

  @Test
  void everyPackageSaysWhatItIsForAndIsNullMarked() {
    List<Path> packages =
        Repository.files(file -> file.toString().contains("src/main/java/")).stream()
            .filter(file -> Repository.name(file).endsWith(".java"))
            .flatMap(file -> Stream.ofNullable(file.getParent()))
            .distinct()
            .toList();

    assertThat(packages).isNotEmpty();
    assertThat(packages)
        .allSatisfy(
            folder ->
                assertThat(Repository.read(folder.resolve("package-info.java")))
                    .startsWith("/**")
                    .contains("@NullMarked"));
  }

  @Test
  void onlyOnePackageKnowsPinterestsPaths() {
    assertThat(
            Repository.files(
                file -> file.startsWith("shared/src/main") || file.startsWith("functions")))
        .filteredOn(file -> Repository.name(file).endsWith(".java"))
        .filteredOn(file -> !file.toString().contains("io/pinferry/pinterest/"))
        // The rules that a project writes for its proxy name Pinterest's paths.
        .filteredOn(file -> !file.endsWith("io/pinferry/directory/ProxyRule.java"))
        .filteredOn(file -> Repository.read(file).contains("\"/v5"))
        .as("files with a path of Pinterest's API outside io.pinferry.pinterest")
        .isEmpty();
  }

  @Test
  void testsWaitForStatesAndNotForTime() {
    assertThat(Repository.files(file -> file.toString().contains("src/test/java/")))
        .filteredOn(file -> Repository.read(file).contains("Thread." + "sleep("))
        .extracting(Repository::name)
        .as("files that sleep; wait with Patience instead")
        // The second lets a real queue's clock go on, and asserts no upper bound.
        .containsExactlyInAnyOrder("Patience.java", "SqsReadQueueComponentTest.java");
  }

  @Test
  void decisionsAreNumberedWithoutGaps() {
    assertThat(decisions().stream().map(Repository::name).map(name -> name.substring(0, 4)))
        .containsExactlyElementsOf(
            IntStream.rangeClosed(1, decisions().size()).mapToObj("%04d"::formatted).toList());
  }

  @ParameterizedTest
  @MethodSource("decisions")
  void aDecisionHasItsContextAndConsequences(Path decision) {
    assertThat(Repository.name(decision)).matches("\\d{4}-[a-z0-9-]+\\.md");
    assertThat(Repository.read(decision))
        .startsWith("# " + Repository.name(decision).substring(0, 4))
        .contains("\n## Context\n", "\n## Decision\n", "\n## Consequences\n");
  }

  @ParameterizedTest
  @MethodSource("modules")
  void everyModuleSaysWhatItIs(Path module) {
    String readme = Repository.read(module.resolve("README.md"));

    assertThat(readme).startsWith("# ");
    assertThat(readme.lines().count()).as("lines of %s", module).isBetween(15L, 100L);
  }

  @Test
  void lockFilesNameNoRegistry() {
    List<Path> locks = Repository.files(file -> Repository.name(file).equals("package-lock.json"));

    assertThat(locks).hasSize(2);
    assertThat(locks)
        .allSatisfy(
            lock ->
                assertThat(Repository.read(lock))
                    .contains("\"integrity\"")
                    .doesNotContain("\"resolved\""));
  }

  @Test
  void bothHalvesOfPlaywrightAreOfOneVersion() {
    Matcher jar =
        Pattern.compile("<playwright.version>(.*)</playwright.version>")
            .matcher(Repository.read(Path.of("pom.xml")));

    assertThat(jar.find()).isTrue();
    assertThat(Repository.read(Path.of("tools/local/src/test/browser/package.json")))
        .contains("npm:playwright-core@" + jar.group(1) + "\"");
  }

  private static List<Path> textFiles() {
    return Repository.files(
        file -> {
          String name = Repository.name(file);
          return TEXT.contains(name.substring(name.lastIndexOf('.') + 1));
        });
  }
}

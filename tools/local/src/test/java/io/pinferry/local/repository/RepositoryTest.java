package io.pinferry.local.repository;

import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.local.RepositoryRoot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
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

  private static final int MARKDOWN_WIDTH_MAX = 140;
  private static final long README_LINES_MAX = 150;
  private static final Path SETTINGS = Path.of("docs/configuration.md");
  private static final Path DECISION_INDEX = Path.of("docs/decisions/README.md");

  private static final Pattern FENCED = Pattern.compile("(?ms)^ *```.*?^ *```$");
  private static final Pattern CODE_SPAN = Pattern.compile("`[^`\n]*`");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");

  private static final String NO_SUBJECT = "(?:What|Who|Whoever|Of|Whose) ";

  /**
   * A comment or Javadoc that does not begin with its subject; see CONTRIBUTING.md. The look ahead
   * comes before the slow looks behind, which would otherwise happen at every character.
   */
  private static final Pattern INVERTED_COMMENT =
      Pattern.compile(
          "/\\*\\*?\\s*(?:\\n\\s*\\*\\s*)?"
              + NO_SUBJECT
              + "|(?=// "
              + NO_SUBJECT
              + ")(?<![:/])(?<!//[^\\n]{0,100}\\n {0,30})// ");

  /** They hold modules and no code. */
  private static final Set<Path> AGGREGATES = Set.of(Path.of("functions"), Path.of("tools"));

  static List<Path> decisions() {
    return Repository.files(
        file -> file.startsWith("docs/decisions") && !file.equals(DECISION_INDEX));
  }

  static List<Path> markdown() {
    return Repository.files(file -> Repository.name(file).endsWith(".md"));
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

  @ParameterizedTest
  @MethodSource("markdown")
  void linesOfMarkdownAreNotTooWide(Path file) {
    assertThat(Repository.read(file).lines())
        .as("lines of %s with more than %d characters", file, MARKDOWN_WIDTH_MAX)
        .filteredOn(line -> line.codePointCount(0, line.length()) > MARKDOWN_WIDTH_MAX)
        .isEmpty();
  }

  @ParameterizedTest
  @MethodSource("markdown")
  void everyLinkLeadsToAFileAndAHeading(Path file) {
    assertThat(brokenLinks(file)).as("links of %s that lead nowhere", file).isEmpty();
  }

  @Test
  void theReadmeIsShort() {
    assertThat(Repository.read(Path.of("README.md")).lines().count())
        .isLessThanOrEqualTo(README_LINES_MAX);
  }

  @Test
  void theIndexesOfTheDocsNameEveryPage() {
    assertThat(markdown())
        .filteredOn(file -> file.startsWith("docs") && !Repository.name(file).equals("README.md"))
        .allSatisfy(
            page -> {
              Path index = page.resolveSibling("README.md");
              assertThat(Repository.read(index)).contains("(" + Repository.name(page) + ")");
            });
    assertThat(decisions())
        .allSatisfy(
            decision -> {
              String heading = Repository.read(decision).lines().findFirst().orElseThrow();
              String title = heading.substring("# 0000. ".length());
              assertThat(Repository.read(DECISION_INDEX)).contains("| " + title);
            });
  }

  @Test
  void theDocsExplainEverySettingOfTheTemplate() {
    Template template = Template.load();
    Set<String> settings =
        template.functions().values().stream()
            .flatMap(function -> Template.environment(function).keySet().stream())
            .collect(Collectors.toSet());
    settings.addAll(template.parameters().keySet());
    String text = Repository.read(SETTINGS);

    assertThat(settings).allSatisfy(name -> assertThat(text).contains("`" + name + "`"));
    assertThat(template.parameters())
        .allSatisfy(
            (name, parameter) ->
                assertThat(text.lines().filter(line -> line.startsWith("| `" + name + "` |")))
                    .as("rows of %s", name)
                    .hasSize(1)
                    .allSatisfy(row -> assertThat(row).contains(shownDefault(parameter))));
  }

  @Test
  void errorsThatOperatorsReadAboutAreLogged() {
    Matcher rows =
        Pattern.compile("(?m)^\\| (`[^|]+`) \\|")
            .matcher(
                Repository.read(Path.of("docs/operations.md"))
                    .replaceAll("(?s)^.*A line of the level ERROR", ""));
    String code =
        Repository.files(file -> file.startsWith("shared/src/main/java")).stream()
            .map(Repository::read)
            .collect(Collectors.joining());
    List<String> messages =
        rows.results()
            .flatMap(row -> CODE_SPAN.matcher(row.group(1)).results())
            .map(span -> span.group().replace('`', '"'))
            .toList();

    assertThat(messages).hasSizeGreaterThan(5);
    assertThat(messages).allSatisfy(message -> assertThat(code).contains(message));
  }

  @Test
  void commentsBeginWithTheirSubject() {
    assertThat(Repository.files(file -> file.toString().endsWith(".java")))
        .filteredOn(file -> INVERTED_COMMENT.matcher(Repository.read(file)).find())
        .as("files with a comment that begins with What, Who, Whoever, Of or Whose")
        .isEmpty();
  }

  @Test
  void lockFilesNameNoRegistry() {
    List<Path> locks = Repository.files(file -> Repository.name(file).equals("package-lock.json"));

    assertThat(locks).hasSize(3);
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

  private static String shownDefault(Object parameter) {
    Object value = Template.map(parameter).get("Default");
    if (value == null) {
      return "| - (required) |";
    }
    String text = value.toString();
    return text.isEmpty() ? "| empty |" : text.contains(",") ? "| see below |" : text;
  }

  private static List<String> brokenLinks(Path file) {
    String text = CODE_SPAN.matcher(withoutCode(file)).replaceAll("code");
    return LINK.matcher(text)
        .results()
        .map(link -> link.group(1))
        .filter(link -> !link.matches("[a-z]+:.*"))
        .filter(link -> !leadsSomewhere(file, link))
        .toList();
  }

  private static boolean leadsSomewhere(Path file, String link) {
    String[] parts = link.split("#", 2);
    Path target = parts[0].isEmpty() ? file : file.resolveSibling(parts[0]).normalize();
    if (!Files.exists(RepositoryRoot.find().resolve(target))) {
      return false;
    }
    return parts.length == 1 || anchors(target).contains(parts[1]);
  }

  /** Returns the anchors that GitHub gives to a page's headings. */
  private static Set<String> anchors(Path file) {
    return HEADING
        .matcher(withoutCode(file))
        .results()
        .map(heading -> heading.group(1).toLowerCase(Locale.ROOT))
        .map(heading -> heading.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
        .collect(Collectors.toSet());
  }

  private static String withoutCode(Path file) {
    return FENCED.matcher(Repository.read(file)).replaceAll("");
  }

  private static List<Path> textFiles() {
    return Repository.files(
        file -> {
          String name = Repository.name(file);
          return TEXT.contains(name.substring(name.lastIndexOf('.') + 1));
        });
  }
}

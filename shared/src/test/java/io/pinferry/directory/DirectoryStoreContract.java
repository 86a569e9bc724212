package io.pinferry.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pinferry.base.ManualClock;
import io.pinferry.base.VirtualThreadTasks;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Every promise of {@link DirectoryStore}. Each test meets an empty store. */
public abstract class DirectoryStoreContract {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  private static final DocumentKey KEY = new DocumentKey("project", "INSTALLATION#1");
  private static final DocumentKey OTHER = new DocumentKey("project", "INSTALLATION#2");

  /** The time of the store under test. */
  protected final ManualClock clock = new ManualClock(NOON);

  /** Returns the store under test, the same during one test. */
  protected abstract DirectoryStore store();

  @Test
  void anAbsentDocumentIsNotFound() {
    assertThat(store().find(KEY)).isEmpty();
  }

  @Test
  void aCreatedDocumentHasVersionOne() {
    assertThat(write(create(KEY, "{\"a\":1}"))).isEmpty();

    assertThat(store().find(KEY)).contains(new Document(KEY, "{\"a\":1}", 1, null));
  }

  @Test
  void aSecondCreationIsRefusedAndChangesNothing() {
    write(create(KEY, "first"));
    DirectoryWrite second = create(KEY, "second");

    assertThat(write(second)).containsExactly(second);
    assertThat(store().find(KEY)).contains(new Document(KEY, "first", 1, null));
  }

  @Test
  void aReplacementRaisesTheVersionAndKeepsTheExpiry() {
    Instant expiresAt = NOON.plusSeconds(60);
    write(create(KEY, "first", expiresAt));

    assertThat(write(new DirectoryWrite.Replace(KEY, "second", 1))).isEmpty();
    assertThat(store().find(KEY)).contains(new Document(KEY, "second", 2, expiresAt));

    assertThat(write(new DirectoryWrite.Replace(KEY, "third", 2))).isEmpty();
    assertThat(store().find(KEY)).contains(new Document(KEY, "third", 3, expiresAt));
  }

  @Test
  void aReplacementMayHaveAnotherExpiry() {
    write(create(KEY, "first", NOON.plusSeconds(60)));
    Instant later = NOON.plusSeconds(3600);

    assertThat(write(new DirectoryWrite.Replace(KEY, "second", 1, later.plusMillis(7)))).isEmpty();

    assertThat(store().find(KEY)).contains(new Document(KEY, "second", 2, later));
  }

  @Test
  void aReplacementOfAnotherVersionIsRefused() {
    write(create(KEY, "first"));
    write(new DirectoryWrite.Replace(KEY, "second", 1));
    DirectoryWrite late = new DirectoryWrite.Replace(KEY, "late", 1);
    DirectoryWrite early = new DirectoryWrite.Replace(KEY, "early", 3);

    assertThat(write(late)).containsExactly(late);
    assertThat(write(early)).containsExactly(early);
    assertThat(store().find(KEY)).contains(new Document(KEY, "second", 2, null));
  }

  @Test
  void aReplacementOfNothingIsRefused() {
    DirectoryWrite replace = new DirectoryWrite.Replace(KEY, "x", 1);

    assertThat(write(replace)).containsExactly(replace);
    assertThat(store().find(KEY)).isEmpty();
  }

  @Test
  void aRemovalNeedsTheVersion() {
    write(create(KEY, "first"));
    DirectoryWrite wrong = new DirectoryWrite.Remove(KEY, 2);

    assertThat(write(wrong)).containsExactly(wrong);
    assertThat(store().find(KEY)).isPresent();

    DirectoryWrite right = new DirectoryWrite.Remove(KEY, 1);
    assertThat(write(right)).isEmpty();
    assertThat(store().find(KEY)).isEmpty();
    assertThat(write(right)).containsExactly(right);
  }

  @Test
  void whatWasRemovedCanBeCreatedAgain() {
    write(create(KEY, "first"));
    write(new DirectoryWrite.Replace(KEY, "second", 1));
    write(new DirectoryWrite.Remove(KEY, 2));

    assertThat(write(create(KEY, "new"))).isEmpty();
    assertThat(store().find(KEY)).contains(new Document(KEY, "new", 1, null));
  }

  @Test
  void aDiscardIsNeverRefused() {
    write(create(KEY, "first"));

    assertThat(write(new DirectoryWrite.Discard(KEY))).isEmpty();
    assertThat(store().find(KEY)).isEmpty();
    assertThat(write(new DirectoryWrite.Discard(KEY))).isEmpty();
  }

  @Test
  void aRequirementChangesNothing() {
    DirectoryWrite require = new DirectoryWrite.Require(KEY);
    assertThat(write(require)).containsExactly(require);
    assertThat(store().find(KEY)).isEmpty();

    write(create(KEY, "first"));
    assertThat(write(require)).isEmpty();
    assertThat(store().find(KEY)).contains(new Document(KEY, "first", 1, null));
  }

  @Test
  void anAbsenceIsRequiredAndChangesNothing() {
    DirectoryWrite absent = new DirectoryWrite.Absent(KEY);
    assertThat(write(absent)).isEmpty();
    assertThat(store().find(KEY)).isEmpty();

    write(create(KEY, "first", NOON.plusSeconds(10)));
    assertThat(write(absent, create(OTHER, "x"))).containsExactly(absent);
    assertThat(store().find(OTHER)).isEmpty();

    clock.advance(Duration.ofSeconds(10));
    assertThat(write(absent)).as("an expired document counts as none").isEmpty();
  }

  @Test
  void anExpiredDocumentIsNeitherFoundNorListed() {
    write(create(KEY, "short", NOON.plusSeconds(10)));
    clock.advance(Duration.ofMillis(9_999));
    assertThat(store().find(KEY)).isPresent();
    assertThat(list("", null, 10)).containsExactly("INSTALLATION#1");

    clock.advance(Duration.ofMillis(1));

    assertThat(store().find(KEY)).isEmpty();
    assertThat(list("", null, 10)).isEmpty();
  }

  @Test
  void aFractionOfASecondOfTheExpiryIsDropped() {
    write(create(KEY, "short", NOON.plusMillis(10_900)));

    assertThat(store().find(KEY)).contains(new Document(KEY, "short", 1, NOON.plusSeconds(10)));
  }

  @Test
  void anExpiredDocumentCountsAsNoneForEveryCondition() {
    write(create(KEY, "short", NOON.plusSeconds(10)));
    clock.advance(Duration.ofSeconds(10));
    DirectoryWrite replace = new DirectoryWrite.Replace(KEY, "x", 1);
    DirectoryWrite remove = new DirectoryWrite.Remove(KEY, 1);
    DirectoryWrite require = new DirectoryWrite.Require(KEY);

    assertThat(write(replace)).containsExactly(replace);
    assertThat(write(remove)).containsExactly(remove);
    assertThat(write(require)).containsExactly(require);

    assertThat(write(create(KEY, "new"))).isEmpty();
    assertThat(store().find(KEY)).contains(new Document(KEY, "new", 1, null));
  }

  @Test
  void oneRefusedWriteStopsAllAndEachRefusedOneIsNamed() {
    write(create(KEY, "there"));
    DirectoryWrite again = create(KEY, "again");
    DirectoryWrite absent = new DirectoryWrite.Require(new DocumentKey("elsewhere", "nothing"));

    List<DirectoryWrite> refused = write(create(OTHER, "new"), again, absent);

    assertThat(refused).containsExactly(again, absent);
    assertThat(store().find(OTHER)).isEmpty();
  }

  @Test
  void differentKindsOfWritesTakeEffectTogether() {
    var third = new DocumentKey("another project", "x");
    write(create(KEY, "1"), create(OTHER, "2"));

    List<DirectoryWrite> refused =
        write(
            new DirectoryWrite.Replace(KEY, "1b", 1),
            new DirectoryWrite.Remove(OTHER, 1),
            create(third, "3"));

    assertThat(refused).isEmpty();
    assertThat(store().find(KEY)).contains(new Document(KEY, "1b", 2, null));
    assertThat(store().find(OTHER)).isEmpty();
    assertThat(store().find(third)).isPresent();
  }

  @Test
  void aHundredWritesTakeEffectTogetherAndNoMore() {
    List<DirectoryWrite> hundredOne =
        IntStream.range(0, 101)
            .<DirectoryWrite>mapToObj(i -> create(new DocumentKey("p", "k%03d".formatted(i)), "{}"))
            .toList();

    assertThatThrownBy(() -> store().write(hundredOne))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("101");
    assertThat(store().list("p", "", null, 1000)).isEmpty();

    assertThat(store().write(hundredOne.subList(0, 100))).isEmpty();
    assertThat(store().list("p", "", null, 1000)).hasSize(100);
  }

  @Test
  void twoWritesForOneKeyAreABug() {
    assertThatThrownBy(() -> write(create(KEY, "1"), new DirectoryWrite.Discard(KEY)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void noWritesAreNotRefused() {
    assertThat(store().write(List.of())).isEmpty();
  }

  @Test
  void aListHoldsThePrefixOfThePartitionInOrder() {
    for (String sort : List.of("B#2", "A#1", "B#10", "C#1", "B#1")) {
      write(create(new DocumentKey("project", sort), "{}"));
    }
    write(create(new DocumentKey("another", "B#1"), "{}"));

    assertThat(list("B#", null, 10)).containsExactly("B#1", "B#10", "B#2");
    assertThat(list("", null, 10)).containsExactly("A#1", "B#1", "B#10", "B#2", "C#1");
    assertThat(list("D#", null, 10)).isEmpty();
  }

  @Test
  void aListGoesOnAfterAnySortKey() {
    for (String sort : List.of("B#1", "B#2", "B#3")) {
      write(create(new DocumentKey("project", sort), "{}"));
    }

    assertThat(list("B#", null, 2)).containsExactly("B#1", "B#2");
    assertThat(list("B#", "B#2", 2)).containsExactly("B#3");
    assertThat(list("B#", "B#3", 2)).isEmpty();
    assertThat(list("B#", "B#1x", 2)).as("of nothing").containsExactly("B#2", "B#3");
    assertThat(list("B#", "A", 2)).as("before the prefix").containsExactly("B#1", "B#2");
    assertThat(list("B#", "B", 2)).as("a part of the prefix").containsExactly("B#1", "B#2");
    assertThat(list("B#", "C", 2)).as("beyond the prefix").isEmpty();
  }

  @Test
  void theOrderIsThatOfTheBytes() {
    // In UTF-16 the second would come first.
    for (String sort : List.of("\uFFFD", "\uD83D\uDE00", "z", "\u00E9")) {
      write(create(new DocumentKey("project", sort), "{}"));
    }

    assertThat(list("", null, 10)).containsExactly("z", "\u00E9", "\uFFFD", "\uD83D\uDE00");
    assertThat(list("", "\uFFFD", 10)).containsExactly("\uD83D\uDE00");
  }

  @Test
  void expiredDocumentsTakeNoPlaceInAList() {
    for (int i = 0; i < 30; i++) {
      write(create(new DocumentKey("project", "A%02d".formatted(i)), "{}", NOON.plusSeconds(1)));
    }
    write(create(new DocumentKey("project", "B1"), "{}"));
    write(create(new DocumentKey("project", "B2"), "{}"));
    clock.advance(Duration.ofSeconds(1));

    assertThat(list("", null, 2)).containsExactly("B1", "B2");
  }

  @Test
  void aListMayBeLong() {
    String json = "\"" + "x".repeat(5_000) + "\"";
    List<DirectoryWrite> writes =
        IntStream.range(0, 400)
            .<DirectoryWrite>mapToObj(
                i -> create(new DocumentKey("project", "k%03d".formatted(i)), json))
            .toList();
    for (int i = 0; i < 400; i += 100) {
      store().write(writes.subList(i, i + 100));
    }

    assertThat(list("k", null, 1000)).hasSize(400).startsWith("k000").endsWith("k399");
    assertThat(list("k", "k099", 1000)).hasSize(300).startsWith("k100");
  }

  @Test
  void theLimitOfAListIsBetweenOneAndAThousand() {
    for (int limit : List.of(0, 1001)) {
      assertThatThrownBy(() -> list("", null, limit))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("limit " + limit);
    }
  }

  @Test
  void oneOfManyCreationsWins() {
    var tasks = new VirtualThreadTasks(clock);
    List<Callable<Boolean>> racers =
        IntStream.range(0, 8)
            .<Callable<Boolean>>mapToObj(i -> () -> write(create(KEY, "racer " + i)).isEmpty())
            .toList();

    assertThat(tasks.all(racers).stream().filter(won -> won)).hasSize(1);
  }

  private List<DirectoryWrite> write(DirectoryWrite... writes) {
    return store().write(Stream.of(writes).toList());
  }

  private List<String> list(String prefix, @Nullable String after, int limit) {
    return store().list("project", prefix, after, limit).stream()
        .map(document -> document.key().sort())
        .toList();
  }

  private static DirectoryWrite create(DocumentKey key, String json) {
    return create(key, json, null);
  }

  private static DirectoryWrite create(DocumentKey key, String json, @Nullable Instant expiresAt) {
    return new DirectoryWrite.Create(key, json, expiresAt);
  }
}

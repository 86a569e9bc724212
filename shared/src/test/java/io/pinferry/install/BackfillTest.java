package io.pinferry.install;

import static io.pinferry.directory.DirectoryFixtures.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.base.ManualClock;
import io.pinferry.base.SeededIds;
import io.pinferry.base.VirtualThreadTasks;
import io.pinferry.directory.DirectoryFixtures;
import io.pinferry.directory.Installation;
import io.pinferry.operation.Operation;
import io.pinferry.operation.ReadType;
import io.pinferry.read.InMemoryCloud;
import io.pinferry.read.ReadStarts;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The first reads of an installation. */
final class BackfillTest {
  private final ManualClock clock = new ManualClock(NOON);
  private final InMemoryCloud cloud = new InMemoryCloud(clock);

  private List<Operation> firstReads(String backfill) {
    String content =
        "{'name':'sync','provider':'pinterest','read':{'objects':[{'objectName':'pins',"
            + "'destination':'hook','enabled':'always','optionalFieldsAuto':'all'"
            + backfill
            + "}]}}";
    Installation installation =
        InstalledSync.in(
            cloud,
            new ReadStarts(cloud.operations(), Duration.ofMinutes(1)),
            new SeededIds(1),
            new VirtualThreadTasks(clock),
            DirectoryFixtures.connection(1, "boards:read", "pins:read"),
            content.replace('\'', '"'),
            "{\"provider\":\"pinterest\"}");
    return cloud.operations().ofInstallation(installation.id(), 10, null).operations();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        ",'backfill':{'defaultPeriod':{'days':30}}   | 2026-08-02T12:00:00Z",
        ",'backfill':{'defaultPeriod':{'days':1}}    | 2026-08-31T12:00:00Z",
        ",'backfill':{'defaultPeriod':{'fullHistory':true}} |",
      },
      quoteCharacter = '"')
  void theFirstReadGoesBackAsFarAsIsSaid(String backfill, Instant since) {
    assertThat(firstReads(backfill))
        .singleElement()
        .satisfies(
            read -> {
              assertThat(read.read().type()).isEqualTo(ReadType.BACKFILL);
              assertThat(read.read().period().since()).isEqualTo(since);
              assertThat(read.read().period().until()).isNull();
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"''", ",'backfill':{'defaultPeriod':{'days':0}}"},
      quoteCharacter = '"')
  void withoutABackfillNothingIsReadAtFirst(String backfill) {
    assertThat(firstReads(backfill.equals("''") ? "" : backfill)).isEmpty();
  }
}

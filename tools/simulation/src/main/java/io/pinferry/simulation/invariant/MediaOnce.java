package io.pinferry.simulation.invariant;

import io.pinferry.simulation.kernel.Journal;
import java.util.List;
import java.util.Optional;

/**
 * media: no video is uploaded twice, unless Pinterest has lost it; a pin gets the video of its own
 * record; and a report about a failed record names the media that were uploaded for it. Checked at
 * each upload, at each creation, and at each report.
 */
public final class MediaOnce implements Invariant {
  private final Journal journal;
  private final WriteLedger ledger;

  public MediaOnce(Journal journal, WriteLedger ledger) {
    this.journal = journal;
    this.ledger = ledger;
  }

  @Override
  public void on(Event event) {
    switch (event) {
      case Event.Upload(String content, String medium) -> checkUpload(content, medium);
      case Event.WriteEffect effect when WriteTraces.isMarkedCreate(effect) ->
          checkCreation(effect);
      case Event.WriteReport report when report.write().isMedia() ->
          report.failures().forEach(failure -> checkReport(report.write(), failure));
      default -> {}
    }
  }

  private void checkUpload(String content, String medium) {
    Optional<String> mark = WriteTraces.markIn(content);
    if (mark.isEmpty()) {
      violation("nobody asked for the video " + content);
      return;
    }
    journal.note("the video of " + mark.get() + " is uploaded as media " + medium);
    List<String> media = ledger.mediaOf(mark.get());
    if (media.size() > 1) {
      violation("the video of " + mark.get() + " is there as " + media);
    }
  }

  private void checkCreation(Event.WriteEffect effect) {
    List<String> media = ledger.mediaOf(effect.trace());
    String used = WriteTraces.body(effect.call()).at("/media_source/media_id").asText();
    if (ledger.wasUploaded(effect.trace()) && !media.contains(used)) {
      violation(effect.trace() + " was created with another video than " + media);
    }
  }

  private void checkReport(SimulatedWrite write, RecordOutcome.Failure failure) {
    // Nobody goes on with a synchronous write after a disturbance, nor without the right to write.
    boolean abandoned =
        (ledger.wasDisturbed(write) && !write.asynchronous()) || failure.isWithoutRight();
    if (failure.isUnknown() || abandoned) {
      return;
    }
    List<String> media = ledger.present(write, failure.index());
    if (!media.stream().allMatch(failure.message()::contains)) {
      violation(
          "%s has the video of %s, but the report says: %s"
              .formatted(media, write.trace(failure.index()), failure.message()));
    }
  }

  private void violation(String text) {
    journal.violation("media", text);
  }
}

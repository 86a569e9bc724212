package io.pinferry.manifest;

import org.jspecify.annotations.Nullable;

/**
 * How one object is read and delivered for one installation.
 *
 * @param objectName the object's name at Pinterest
 * @param deliveredName the name that messages carry
 * @param schedule when it is read; null for on demand only
 * @param destination the name of the destination
 * @param disabled whether it is neither read on schedule nor on demand
 * @param pauseNote why it was disabled, in the words of the person who did; null if no reason was
 *     given
 * @param backfill what is read first
 * @param plan which way it is read; null if the manifest does not say
 */
public record EffectiveRead(
    String objectName,
    String deliveredName,
    @Nullable Cron schedule,
    String destination,
    boolean disabled,
    @Nullable String pauseNote,
    FieldSelection selection,
    Backfill backfill,
    @Nullable Plan plan) {

  /**
   * Returns the same read, disabled or not.
   *
   * @param note why, null if nothing was said
   */
  public EffectiveRead withDisabled(boolean value, @Nullable String note) {
    return new EffectiveRead(
        objectName, deliveredName, schedule, destination, value, note, selection, backfill, plan);
  }
}

package io.pinferry.manifest;

import org.jspecify.annotations.Nullable;

/**
 * The read and delivery of one object for one installation.
 *
 * @param objectName the name of the object at Pinterest
 * @param deliveredName the name in messages
 * @param schedule null for reads on demand only
 * @param destination the name of the destination
 * @param disabled whether reads on schedule and on demand are off
 * @param pauseNote the reason that a person gave for disabling it; null for none
 * @param backfill the history to read first
 * @param plan null for the default of the object
 * @param mode which records scheduled reads deliver; null for all
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
    @Nullable Plan plan,
    @Nullable DeliveryMode mode) {

  /**
   * Returns this read, disabled or enabled.
   *
   * @param note the reason; null for none
   */
  public EffectiveRead withDisabled(boolean value, @Nullable String note) {
    return new EffectiveRead(
        objectName,
        deliveredName,
        schedule,
        destination,
        value,
        note,
        selection,
        backfill,
        plan,
        mode);
  }
}

package io.pinferry.operation;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.pinferry.directory.AccountId;
import io.pinferry.pinterest.ReadCatalogue;
import io.pinferry.pinterest.ReadPlan;
import io.pinferry.pinterest.ReadableObject;
import io.pinferry.pinterest.WriteCatalogue;
import io.pinferry.pinterest.WriteVerb;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The work of an operation. It is fixed when the operation starts. A later change of the config
 * does not change it.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "action")
@JsonSubTypes({
  @JsonSubTypes.Type(name = "read", value = Work.Read.class),
  @JsonSubTypes.Type(name = "write", value = Work.Write.class)
})
public sealed interface Work {
  /** Returns Pinterest's name of the object. */
  String objectName();

  Customer customer();

  /**
   * A full read. It has everything that messages need besides the records, so that a page that is
   * fetched again gives the same messages.
   *
   * @param planName the name of the plan of the object
   * @param leftOut the parts that this read does not cover because a scope is missing, in words for
   *     a person
   * @param comparison null if the object is read without regard to other reads
   */
  record Read(
      String objectName,
      ReadType type,
      String planName,
      Envelope envelope,
      Account account,
      Selection selection,
      Period period,
      List<String> leftOut,
      @Nullable Comparison comparison)
      implements Work {
    public Read {
      leftOut = List.copyOf(leftOut);
    }

    @Override
    public Customer customer() {
      return envelope.customer();
    }

    public ReadableObject object() {
      return ReadCatalogue.get(objectName);
    }

    /** Returns whether only the records that changed since the read before are delivered. */
    public boolean isCompared() {
      return comparison != null && comparison.before() != null;
    }

    /** Returns whether deleted records are told too. */
    public boolean tellsDeletions() {
      return comparison != null && comparison.tellsDeletions();
    }

    /** Returns whether records are told as deleted even if a large part of all is missing. */
    public boolean releasesHeld() {
      return comparison != null && comparison.releasesHeld();
    }

    /** Returns this read without regard to other reads. */
    public Read uncompared() {
      return new Read(
          objectName, type, planName, envelope, account, selection, period, leftOut, null);
    }

    public ReadPlan plan() {
      return object().plan(planName);
    }
  }

  /**
   * How a read of an object whose changes are delivered is compared with the read before. The
   * fingerprints of its own records are kept for the next one.
   *
   * @param before the read to compare with; null if all records are delivered
   * @param whole why all records are delivered, in words for a person; null if they are compared
   * @param alone whether no other read of the object was in progress at the start. Messages of two
   *     reads overtake each other, so nobody knows which of them a destination got last
   * @param deletions whether deleted records are told too, and keys are kept for the next read;
   *     null for no
   * @param release whether they are told even if a large part of all records is missing; null for
   *     no
   */
  record Comparison(
      @Nullable OperationId before,
      @Nullable String whole,
      boolean alone,
      @Nullable Boolean deletions,
      @Nullable Boolean release) {
    public static Comparison with(OperationId before, boolean deletions) {
      return new Comparison(before, null, true, deletions ? true : null, null);
    }

    public static Comparison withNone(String reason, boolean alone, boolean deletions) {
      return new Comparison(null, reason, alone, deletions ? true : null, null);
    }

    public Comparison withHeldReleased() {
      return new Comparison(before, whole, alone, deletions, true);
    }

    public boolean tellsDeletions() {
      return deletions != null && deletions;
    }

    public boolean releasesHeld() {
      return release != null && release;
    }
  }

  /**
   * The members of a message besides its records.
   *
   * @param objectName the delivered name of the object
   * @param destination the destination's name
   * @param installationUpdatedAt when the installation last changed
   */
  record Envelope(
      String objectName, String destination, Customer customer, Instant installationUpdatedAt) {}

  /**
   * The Pinterest account of a read.
   *
   * @param id the read must not go on with a token of another account
   * @param pinterestUserId the user of the token; null if unknown
   */
  record Account(AccountId id, @Nullable String pinterestUserId) {}

  /**
   * The period of a read. Records without a time are always delivered.
   *
   * @param since the earliest time of records; null for all
   * @param until the end of the period, exclusive; null for all
   */
  record Period(@Nullable Instant since, @Nullable Instant until) {
    /** All records. */
    public static final Period ALL = new Period(null, null);

    /** Returns the period from an instant on; null is for all records. */
    public static Period since(@Nullable Instant since) {
      return new Period(since, null);
    }
  }

  /**
   * A write of one record or of several.
   *
   * @param recordCount the number of records; 0 for a batch that is still gathered
   * @param batch whether the records came as a batch
   * @param account null if nothing is sent
   */
  record Write(
      String objectName,
      WriteVerb verb,
      Customer customer,
      int recordCount,
      boolean batch,
      boolean allOrNone,
      Timing timing,
      @Nullable AccountId account)
      implements Work {

    /**
     * Returns whether each record is marked before it is sent, because a repetition would do harm.
     */
    public boolean marksRecords() {
      return WriteCatalogue.find(objectName)
          .flatMap(object -> object.find(verb))
          .filter(call -> !call.repeatable())
          .isPresent();
    }

    /** Returns this write for the queue, which finishes it. */
    public Write handedOver(Instant deadline) {
      return new Write(
          objectName,
          verb,
          customer,
          recordCount,
          batch,
          allOrNone,
          new Timing(timing.asynchronous(), deadline, timing.gatheredUntil()),
          account);
    }
  }

  /**
   * The timing of a write.
   *
   * @param asynchronous whether the caller asked for an answer before the records are sent
   * @param deadline the end of attempts by the queue; null while only the request itself works
   * @param gatheredUntil the end of gathering; null for a write that came as a whole
   */
  record Timing(
      boolean asynchronous, @Nullable Instant deadline, @Nullable Instant gatheredUntil) {}
}

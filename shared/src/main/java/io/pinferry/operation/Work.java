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
 * What an operation is to do. It is fixed when the operation starts, so that a later change of the
 * config changes nothing of it.
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
   * A full read: everything that its messages are made of beside the records, so that a page that
   * is fetched again gives the same messages.
   *
   * @param planName the plan of the object that is followed
   * @param account the account that is read
   * @param selection what is delivered of each record
   * @param leftOut what this read does not cover because a scope is missing, in words for a person
   */
  record Read(
      String objectName,
      ReadType type,
      String planName,
      Envelope envelope,
      Account account,
      Selection selection,
      Period period,
      List<String> leftOut)
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

    public ReadPlan plan() {
      return object().plan(planName);
    }
  }

  /**
   * What a message says besides its records.
   *
   * @param objectName the name that the object is delivered under
   * @param destination the destination's name
   * @param installationUpdatedAt when the installation last changed
   */
  record Envelope(
      String objectName, String destination, Customer customer, Instant installationUpdatedAt) {}

  /**
   * The Pinterest account of a read.
   *
   * @param id with a token of another account the read must not go on
   * @param pinterestUserId the token's user; null if unknown
   */
  record Account(AccountId id, @Nullable String pinterestUserId) {}

  /**
   * The time that a read is limited to. Records without a time are always delivered.
   *
   * @param since only records whose time is not before; null for all
   * @param until only records whose time is before; null for all
   */
  record Period(@Nullable Instant since, @Nullable Instant until) {
    /** All records. */
    public static final Period ALL = new Period(null, null);

    /** Returns the period of all records from an instant on; null is for all. */
    public static Period since(@Nullable Instant since) {
      return new Period(since, null);
    }
  }

  /**
   * A write of one record or of several.
   *
   * @param recordCount how many records there are; 0 for a batch that is still gathered
   * @param batch whether the records came as a batch
   * @param account the account that is written to; null if nothing is to be sent
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

    /** Returns whether each record is marked before it is sent, since a repeat would do harm. */
    public boolean marksRecords() {
      return WriteCatalogue.find(objectName)
          .flatMap(object -> object.find(verb))
          .filter(call -> !call.repeatable())
          .isPresent();
    }

    /** Returns this write with the queue as the one that finishes it. */
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
   * When a write is done.
   *
   * @param asynchronous whether the caller asked for an answer before the records are sent
   * @param deadline until when the queue tries; null while only the caller's own request works
   * @param gatheredUntil until when records may join; null if the write came as a whole
   */
  record Timing(
      boolean asynchronous, @Nullable Instant deadline, @Nullable Instant gatheredUntil) {}
}

package io.pinferry.simulation.invariant;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Secret;
import io.pinferry.delivery.DeliveryMessage;
import io.pinferry.directory.GroupRemoval;
import io.pinferry.directory.Installation;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.ProjectId;
import io.pinferry.limit.BudgetKey;
import io.pinferry.net.HttpAnswer;
import io.pinferry.net.HttpCall;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationEnd;
import io.pinferry.operation.OperationId;
import io.pinferry.pinterest.RateCategory;
import io.pinferry.read.Partition;
import io.pinferry.read.PartitionKey;
import io.pinferry.simulation.kernel.SimulatedProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Something that happened in a world. */
public sealed interface Event {
  // ------------------------------------------------------------------------------ people

  /** A customer has installed the integration. */
  record CustomerStart(String customer, Installation installation, List<String> objects)
      implements Event {
    public CustomerStart {
      objects = List.copyOf(objects);
    }
  }

  /** A customer agrees at Pinterest as another user than before. */
  record AccountChange(InstallationId installation) implements Event {}

  /** A customer takes an object out of the config. */
  record ObjectRemoval(InstallationId installation, String object) implements Event {}

  /** An uninstall was answered with success. */
  record Uninstallation(InstallationId installation) implements Event {}

  /** The removal of a customer was answered with success. */
  record CustomerRemoval(Installation installation, GroupRemoval removal) implements Event {}

  /** By now nothing of a removed customer stays that the answer did not name. */
  record CustomerRemovalEnd(InstallationId installation) implements Event {}

  /** A project's destination goes down and does not come up by itself. */
  record DestinationLoss(ProjectId project) implements Event {}

  /** A project's destination takes messages again. */
  record DestinationRepair(ProjectId project) implements Event {}

  // ------------------------------------------------------------------------------ operations

  /** A transaction that starts an operation took effect. */
  record OperationStart(Operation operation) implements Event {}

  /** An operation was ended. */
  record OperationFinish(Operation operation, OperationEnd end) implements Event {}

  /**
   * A progress write of a lease holder took effect.
   *
   * @param call the method of the store
   * @param newest the newest fence before the write; null if there was no partition
   */
  record Progress(PartitionKey key, String call, long fence, @Nullable Long newest)
      implements Event {}

  /** A partition was leased or has made progress; this is how it is stored now. */
  record PartitionState(Partition partition) implements Event {}

  // ------------------------------------------------------------------------------ messages

  /** A message was given to the delivery queue. */
  record MessageSend(DeliveryMessage message) implements Event {}

  /**
   * A destination took a message.
   *
   * @param path of the destination's URL
   */
  record MessageReceipt(String path, String messageId, JsonNode body) implements Event {
    /** Returns the type of a notification; empty for records. */
    public String notificationType() {
      return body.path("notificationType").asText();
    }

    /** Returns the part of the message that names project, installation and operation. */
    public JsonNode data() {
      return body.has("notificationType") ? body.path("data") : body;
    }
  }

  /** A text leaves the process. */
  record Text(String place, String text) implements Event {}

  /** One of our doors answered 500. */
  record ServerError(String function, String body) implements Event {}

  // ------------------------------------------------------------------------------ Pinterest

  /** Slots of a budget were granted. */
  record SlotGrant(BudgetKey budget, Instant now) implements Event {}

  /** A budget was paused. */
  record BudgetPause(BudgetKey budget, Instant until) implements Event {}

  /**
   * Pinterest decided how to answer a request; the answer is on its way.
   *
   * @param limits names the limits in the answer, and their owner
   * @param injected whether a fault of the simulation made the answer
   */
  record RequestArrival(String limits, HttpCall call, int status, boolean injected)
      implements Event {}

  /**
   * An answer of Pinterest reached a process.
   *
   * @param permitsOut how late permits that were out at the time of a 429 may still be used
   * @param limits as of the {@link RequestArrival}
   * @param authorization of the request
   * @param category of the request
   * @param sent when the request was sent
   */
  record AnswerArrival(
      SimulatedProcess process,
      Duration permitsOut,
      String limits,
      String authorization,
      RateCategory category,
      Instant sent,
      HttpAnswer answer)
      implements Event {}

  /** The answer that has just arrived is lost after all. */
  record AnswerLoss() implements Event {}

  /** An app moved a pin to another board. */
  record PinMove(String pin) implements Event {}

  /** An app changed the title of a pin. */
  record PinEdit(String pin) implements Event {}

  /** An app deleted a pin. */
  record PinDeletion(String pin) implements Event {}

  /** A program of others sent a request on account of the same limits. */
  record ForeignRequest(String limits) implements Event {}

  /** A request for new tokens is on its way to Pinterest. */
  record RefreshStart(String customer) implements Event {}

  /** The answer to a request for new tokens arrived, or was lost. */
  record RefreshEnd(String customer) implements Event {}

  /** Pinterest refused a refresh token of a customer. */
  record GrantRefusal(String customer) implements Event {}

  /** An authorization code was exchanged for tokens. */
  record CodeUse(String code) implements Event {}

  /** A refreshed pair of tokens was stored, but is not yet the current one. */
  record PairStore(Secret pair) implements Event {}

  /**
   * A promotion of a pair of tokens ended.
   *
   * @param name of the connection's secret
   * @param current the pair that is the current one now
   */
  record PairPromotion(String name, Secret current) implements Event {}

  // ------------------------------------------------------------------------------ writes

  /** A product sends a write for the first time. */
  record WriteRequest(SimulatedWrite write) implements Event {}

  /** A write is stored as this operation. */
  record WriteOperation(OperationId operation, SimulatedWrite write) implements Event {}

  /** The write worker goes on with a synchronous write. */
  record WriteHandover(OperationId operation) implements Event {}

  /** A process that worked on a write was disturbed. */
  record WriteDisturbance(int number) implements Event {}

  /**
   * Pinterest carried out a request for a record.
   *
   * @param trace of the record
   * @param id of the thing that the request was about
   */
  record WriteEffect(String trace, String id, HttpCall call) implements Event {}

  /** Pinterest, or an edge before it, refused a request that was about a record. */
  record WriteRefusal(String trace) implements Event {}

  /**
   * Pinterest, or an edge before it, refused to register a medium. Such a request does not name the
   * record that it is for.
   *
   * @param writes the numbers of the writes that the process works on
   */
  record RegistrationRefusal(Set<Integer> writes) implements Event {
    public RegistrationRefusal {
      writes = Set.copyOf(writes);
    }
  }

  /** The answer to a request that was about a record is lost. */
  record WriteLoss(String trace) implements Event {}

  /**
   * A video reached the store behind Pinterest.
   *
   * @param content has the mark of its record in it
   * @param media the id under which Pinterest has it
   */
  record Upload(String content, String media) implements Event {}

  /** Pinterest has a medium no longer. */
  record MediumLoss(String media) implements Event {}

  /** A product gets an answer to a write. */
  record WriteAnswer(SimulatedWrite write, JsonNode answer) implements Event {}

  /** Another request with a key that was used before got an answer. */
  record KeyReuse(String answer) implements Event {}

  /**
   * The engine reports the outcomes of a write: in an answer, in a notification, or in its store.
   *
   * @param count of how many records it speaks
   * @param outcomes of these records, as far as they are final; empty if the count is wrong
   */
  record WriteReport(SimulatedWrite write, int count, List<RecordOutcome> outcomes)
      implements Event {
    public WriteReport {
      outcomes = List.copyOf(outcomes);
    }

    /** Returns the records that are said not to be written. */
    List<RecordOutcome.Failure> failures() {
      return outcomes.stream()
          .filter(RecordOutcome.Failure.class::isInstance)
          .map(RecordOutcome.Failure.class::cast)
          .toList();
    }
  }
}

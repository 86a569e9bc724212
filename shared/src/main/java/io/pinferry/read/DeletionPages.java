package io.pinferry.read;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.client.ListRequest;
import io.pinferry.operation.Chain;
import io.pinferry.operation.LogLine;
import io.pinferry.operation.Operation;
import io.pinferry.pinterest.ListPage;
import io.pinferry.pinterest.MalformedPage;
import io.pinferry.pinterest.PinterestFailure;
import io.pinferry.pinterest.RecordCall;
import io.pinferry.read.AbsentRecords.Absence;
import io.pinferry.read.AbsentRecords.Standing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The pages of the last partition of a read: the records that its lists do not have any more. A
 * list can miss a record that still exists, for example if another one is deleted while it is read.
 * So each absence is confirmed: Pinterest is asked for the record, or a second complete read must
 * miss it too.
 */
final class DeletionPages implements PageSource {
  /** The list of this partition. It is in no plan. */
  static final Chain CHAIN = new Chain("deletions", Map.of());

  /** The most records of a read that Pinterest is asked for. The others wait for the next read. */
  static final int LOOKUPS_MAX = 100;

  /** A page with lookups ends after this many, and after the time, well within a lease. */
  private static final int LOOKUPS_A_PAGE = 20;

  private static final Duration LOOKUP_TIME = Duration.ofSeconds(15);
  private static final int RECORDS_A_PAGE = 1_000;
  private static final String LOOKUP = "lookup";

  private final PartitionSync.Parts parts;
  private final PageFetches fetches;
  private final PageMessages messages;
  private final Operation operation;
  private final @Nullable RecordCall lookup;
  private @Nullable List<Absence> absences;

  DeletionPages(
      PartitionSync.Parts parts, PageFetches fetches, PageMessages messages, Operation operation) {
    this.parts = parts;
    this.fetches = fetches;
    this.messages = messages;
    this.operation = operation;
    this.lookup = operation.read().object().lookup();
  }

  /** A decision about an absence. */
  private enum Decision {
    DELETED,
    UNCONFIRMED
  }

  /**
   * Decides about the next absences.
   *
   * @param bookmark the number of those that are decided; null for none
   */
  @Override
  public FetchResult<SourcePage> fetch(@Nullable String bookmark) {
    List<Absence> all = absences();
    int start = bookmark == null ? 0 : Integer.parseInt(bookmark);
    Instant lookupsEnd = parts.tasks().now().plus(LOOKUP_TIME);
    List<String> deleted = new ArrayList<>();
    Map<Chain, List<String>> unconfirmed = new LinkedHashMap<>();
    int held = 0;
    int at = start;
    while (at < all.size() && at - start < RECORDS_A_PAGE) {
      Absence absence = all.get(at);
      RecordCall call = absence.standing() == Standing.OPEN && at < LOOKUPS_MAX ? lookup : null;
      if (call != null
          && at > start
          && (at - start >= LOOKUPS_A_PAGE || !parts.tasks().now().isBefore(lookupsEnd))) {
        break;
      }
      FetchResult<Decision> decision =
          call == null ? new FetchResult.Success<>(decide(absence)) : lookUp(call, absence);
      if (!(decision instanceof FetchResult.Success<Decision>(Decision value))) {
        if (at > start) {
          // Decisions are stored here. Otherwise a tight limit would repeat the lookups for ever.
          break;
        }
        return decision.map(_ -> page(List.of(), null, List.of(), 0));
      }
      if (value == Decision.DELETED) {
        deleted.add(absence.key());
      } else {
        unconfirmed.computeIfAbsent(absence.list(), _ -> new ArrayList<>()).add(absence.key());
        held += absence.standing() == Standing.HELD ? 1 : 0;
      }
      at++;
    }
    return new FetchResult.Success<>(
        page(
            deleted,
            at < all.size() ? Integer.toString(at) : null,
            unconfirmed.entrySet().stream()
                .map(list -> new ListKeys(list.getKey(), list.getValue()))
                .toList(),
            held));
  }

  private List<Absence> absences() {
    if (absences == null) {
      AbsentRecords.Found found =
          new AbsentRecords(
                  parts.operations(),
                  parts.partitions(),
                  parts.fingerprints(),
                  AbsentRecords.KEYS_MAX)
              .of(operation, parts.tasks().now());
      if (found.obstacle() != null) {
        logUnknown(found.obstacle());
      }
      absences = found.absences();
    }
    return absences;
  }

  private void logUnknown(String obstacle) {
    parts
        .operations()
        .log(
            operation.id(),
            new LogLine(
                parts.tasks().now(),
                "deletions",
                LogLine.Severity.WARNING,
                "records that were deleted before this read are not told, since " + obstacle,
                null));
  }

  private Decision decide(Absence absence) {
    return lookup == null && absence.again() && absence.standing() == Standing.OPEN
        ? Decision.DELETED
        : Decision.UNCONFIRMED;
  }

  /** Asks Pinterest. Only its own "not found" confirms a deletion. */
  private FetchResult<Decision> lookUp(RecordCall call, Absence absence) {
    FetchResult<Boolean> answer =
        fetches.fetch(
            LOOKUP,
            ListRequest.ofRecord(
                parts.pinterest(), call, absence.key(), absence.list().parameters()));
    return answer instanceof FetchResult.Failure<Boolean>(PinterestFailure failure)
        ? new FetchResult.Success<>(
            failure.kind() == PinterestFailure.Kind.NOT_FOUND
                ? Decision.DELETED
                : Decision.UNCONFIRMED)
        : answer.map(_ -> Decision.UNCONFIRMED);
  }

  /** Makes a page as Pinterest would, with records that have their key only. */
  private SourcePage page(
      List<String> deleted, @Nullable String bookmark, List<ListKeys> unconfirmed, int held) {
    ObjectNode json = Json.object();
    ArrayNode items = json.putArray("items");
    String member = operation.read().object().key().getFirst();
    deleted.forEach(key -> items.addObject().put(member, key));
    json.put("bookmark", bookmark);
    try {
      ListPage page = messages.read(Json.text(json).getBytes(UTF_8));
      return new SourcePage.Deletions(page, unconfirmed, held);
    } catch (MalformedPage e) {
      throw new IllegalStateException("a page that was made here is malformed", e);
    }
  }
}

package io.pinferry.local.simulator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The faults in force, with how often each is still to strike. Not safe for concurrent use. */
final class Faults {
  private static final int EXPIRED_BOOKMARKS_MAX = 10_000;

  private final List<ActiveFault> active = new ArrayList<>();
  private final Set<String> expiredBookmarks = new LinkedHashSet<>();
  private int lastId;

  private static final class ActiveFault {
    final int id;
    final Fault fault;
    int seen;
    int struck;

    ActiveFault(int id, Fault fault) {
      this.id = id;
      this.fault = fault;
    }
  }

  int add(Fault fault) {
    active.add(new ActiveFault(++lastId, fault));
    return lastId;
  }

  void clear() {
    active.clear();
    expiredBookmarks.clear();
  }

  /** Returns what happens to a request, in the order the faults were given, and counts it. */
  List<Fault.Effect> strike(SimulatedRequest request, ApiCall call) {
    if (active.isEmpty()) {
      return List.of();
    }
    var effects = new ArrayList<Fault.Effect>();
    for (ActiveFault each : active) {
      if (matches(each.fault, request, call)) {
        each.seen++;
        boolean left = each.fault.count() == Fault.FOREVER || each.struck < each.fault.count();
        if (each.seen > each.fault.skip() && left) {
          each.struck++;
          effects.add(each.fault.effect());
        }
      }
    }
    return effects;
  }

  private static boolean matches(Fault fault, SimulatedRequest request, ApiCall call) {
    String path = request.path();
    if (fault.path() != null
        && !path.startsWith(fault.path())
        && !(request.method() + " " + path).startsWith(fault.path())) {
      return false;
    }
    if (fault.object() != null && !fault.object().equals(call.operation().object())) {
      return false;
    }
    if (fault.adAccountId() != null
        && call.text("ad_account_id").filter(fault.adAccountId()::equals).isEmpty()
        && !path.contains("/ad_accounts/" + fault.adAccountId())) {
      return false;
    }
    boolean list =
        call.operation().parameters().stream()
            .anyMatch(parameter -> parameter instanceof Parameter.Bookmark);
    return switch (fault.effect()) {
      case Fault.ExpireBookmarks _, Fault.RepeatBookmark _ -> call.bookmark().isPresent();
      case Fault.ShortPages _, Fault.EmptyPages _ -> list;
      case Fault.HugeRecord _ -> list && call.operation().object().equals("pins");
      case Fault.RefuseApp _ -> call.operation().name() == Operation.Name.TOKEN;
      case Fault.Latency _,
          Fault.Status _,
          Fault.Edge _,
          Fault.Forbid _,
          Fault.Drop _,
          Fault.Without _,
          Fault.RevokeTokens _,
          Fault.Insert _,
          Fault.Delete _,
          Fault.Edit _ ->
          true;
    };
  }

  void expire(String bookmark) {
    if (expiredBookmarks.size() >= EXPIRED_BOOKMARKS_MAX) {
      expiredBookmarks.remove(expiredBookmarks.iterator().next());
    }
    expiredBookmarks.add(bookmark);
  }

  boolean isExpired(String bookmark) {
    return expiredBookmarks.contains(bookmark);
  }

  ArrayNode json() {
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    for (ActiveFault each : active) {
      ObjectNode json = list.addObject();
      json.put("id", each.id);
      json.setAll(FaultJson.write(each.fault));
      json.put("seen", each.seen);
      json.put("struck", each.struck);
    }
    return list;
  }
}

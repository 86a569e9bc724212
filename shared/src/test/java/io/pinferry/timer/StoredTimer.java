package io.pinferry.timer;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Codec;
import io.pinferry.base.Json;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * A timer in the form in which it is stored, and what it does when it fires. The forms are in
 * {@code stored-timers.json}.
 *
 * @param form what distinguishes it from other forms of its kind, for people
 * @param old whether only an earlier version stored this form
 * @param effect the changes of the state that this timer causes in the world of the test that fires
 *     it
 */
public record StoredTimer(
    String form,
    boolean old,
    String kind,
    String id,
    Map<String, String> payload,
    List<String> effect) {
  public static final String FILE = "stored-timers.json";

  /** Returns all forms. */
  public static List<StoredTimer> all() {
    try (InputStream file = StoredTimer.class.getResourceAsStream("/" + FILE)) {
      List<StoredTimer> all = new ArrayList<>();
      for (JsonNode one : Json.parse(file.readAllBytes())) {
        all.add(Codec.stored(StoredTimer.class, one));
      }
      return all;
    } catch (IOException e) {
      throw new IllegalStateException("no stored timers", e);
    }
  }

  public Timer timer(Instant dueAt) {
    return new Timer(dueAt, kind, id, payload);
  }

  /** Returns the kind of a timer and the names in its payload. */
  public static String shapeOf(String kind, Map<String, String> payload) {
    return kind + " " + new TreeSet<>(payload.keySet());
  }

  /** Names the form in reports. */
  @Override
  public String toString() {
    return kind + ": " + form;
  }
}

package io.pinferry.http;

import io.pinferry.base.Field;
import io.pinferry.base.Log;
import java.util.LinkedHashMap;
import java.util.Map;

/** The log of one request, with notes for the line at its end. */
public final class RequestLog {
  private final Log log;
  private final Map<String, Field> notes = new LinkedHashMap<>();

  public RequestLog(Log log) {
    this.log = log;
  }

  /** Returns the log with the id of the request in each line. */
  public Log log() {
    return log;
  }

  /** Adds a note. It replaces a note of the same name. */
  public void note(Field fact) {
    notes.put(fact.name(), fact);
  }

  /** Returns the log with all notes in each line. */
  Log withNotes() {
    return log.with(notes.values().toArray(Field[]::new));
  }
}

package io.pinferry.simulation.invariant;

import java.util.ArrayList;
import java.util.List;

/** Forwards the events of a world to its listeners. */
public final class Observer implements Listener {
  private final List<Listener> listeners = new ArrayList<>();

  /** Adds a listener. Listeners hear of each event in the order in which they were added. */
  public void add(Listener listener) {
    listeners.add(listener);
  }

  @Override
  public void on(Event event) {
    listeners.forEach(listener -> listener.on(event));
  }
}

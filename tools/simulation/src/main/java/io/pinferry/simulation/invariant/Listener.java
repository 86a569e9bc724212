package io.pinferry.simulation.invariant;

/** Hears of the events of a world, in order. */
public interface Listener {
  void on(Event event);
}

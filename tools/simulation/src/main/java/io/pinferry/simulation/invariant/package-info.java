/**
 * The invariants, one class each. They listen to the events of a world, and report violations to
 * its journal.
 */
@NullMarked
package io.pinferry.simulation.invariant;

import org.jspecify.annotations.NullMarked;

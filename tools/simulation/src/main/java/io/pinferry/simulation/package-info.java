/**
 * The simulation: the real engine over fakes, in virtual time, one task at a time, under faults
 * that follow from a seed. After each run the invariants of docs/architecture.md are checked.
 */
@NullMarked
package io.pinferry.simulation;

import org.jspecify.annotations.NullMarked;

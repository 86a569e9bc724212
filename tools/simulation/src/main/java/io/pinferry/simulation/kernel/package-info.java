/**
 * The base of every simulated world: virtual time, one task at a time, processes that die, queues,
 * and a plan of faults that follows from a seed.
 */
@NullMarked
package io.pinferry.simulation.kernel;

import org.jspecify.annotations.NullMarked;

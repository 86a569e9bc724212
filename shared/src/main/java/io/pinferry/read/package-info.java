/**
 * Full reads: operations, their partitions (one bookmark chain each), leases and fences, fan-out,
 * and the page protocol that loses nothing. See docs/architecture.md.
 */
@NullMarked
package io.pinferry.read;

import org.jspecify.annotations.NullMarked;

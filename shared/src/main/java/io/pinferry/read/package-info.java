/**
 * Full reads: partitions (one bookmark chain each), leases and fences, fan-out, and the page
 * protocol, which loses no record. See docs/architecture.md.
 */
@NullMarked
package io.pinferry.read;

import org.jspecify.annotations.NullMarked;

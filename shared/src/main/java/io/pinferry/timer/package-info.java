/**
 * Durable timers: "do this at or after T". Each takes effect once, because firing it and doing its
 * work are one transaction, or because its work is only a send and it is re-armed first.
 */
@NullMarked
package io.pinferry.timer;

import org.jspecify.annotations.NullMarked;

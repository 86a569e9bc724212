/**
 * Durable timers: "do this at or after T". A timer takes effect once: its removal and its work are
 * one transaction, or its work is only a send and the timer is set again first.
 */
@NullMarked
package io.pinferry.timer;

import org.jspecify.annotations.NullMarked;

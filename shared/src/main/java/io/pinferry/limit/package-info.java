/**
 * Rate budgets: what is left of Pinterest's limits, shared by all invocations, so that limits are
 * kept and not run into. What the limits are comes from the callers; nothing here knows Pinterest.
 */
@NullMarked
package io.pinferry.limit;

import org.jspecify.annotations.NullMarked;

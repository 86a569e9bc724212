/**
 * Rate budgets: what is left of Pinterest's limits, shared by all invocations, so that no request
 * exceeds a limit. The callers tell what the limits are; nothing here knows Pinterest.
 */
@NullMarked
package io.pinferry.limit;

import org.jspecify.annotations.NullMarked;

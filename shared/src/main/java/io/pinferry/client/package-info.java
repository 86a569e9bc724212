/**
 * The only way to call Pinterest for a customer: token, permit, request, limits, refresh, pause,
 * retry and circuit breaker in one class, with a policy per caller.
 */
@NullMarked
package io.pinferry.client;

import org.jspecify.annotations.NullMarked;

package io.pinferry.local.cloud;

import java.time.Instant;

/**
 * One event on its way to a function.
 *
 * @param requestId what logs and the context call it
 * @param event the event as JSON
 * @param deadline when the function is stopped
 */
record Invocation(String requestId, byte[] event, Instant deadline) {}

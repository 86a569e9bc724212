/**
 * Outgoing HTTP as a port: one request, one answer, no redirects. The callers know what they call;
 * nothing here does.
 */
@NullMarked
package io.pinferry.net;

import org.jspecify.annotations.NullMarked;

/**
 * Outgoing HTTP as a port: one request, one answer, no redirects. What is called, and with which
 * meaning, is the caller's.
 */
@NullMarked
package io.pinferry.net;

import org.jspecify.annotations.NullMarked;

/**
 * Passes requests on to Pinterest with a connection's token, and its answers back. What may be
 * passed on, and what not, is decided here; nothing of a request or an answer is kept.
 */
@NullMarked
package io.pinferry.proxy;

import org.jspecify.annotations.NullMarked;

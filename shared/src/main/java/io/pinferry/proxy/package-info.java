/**
 * Passes requests on to Pinterest with a connection's token, and its answers back. This package
 * decides what may be passed on; it stores nothing of a request or an answer.
 */
@NullMarked
package io.pinferry.proxy;

import org.jspecify.annotations.NullMarked;

/**
 * Delivers messages: their format, signatures and retries. This package does not know where the
 * records come from.
 */
@NullMarked
package io.pinferry.delivery;

import org.jspecify.annotations.NullMarked;

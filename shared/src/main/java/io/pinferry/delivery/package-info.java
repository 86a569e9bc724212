/**
 * Delivery: message format, signing, retry. Knows how a message reaches a destination, and nothing
 * of where its records came from.
 */
@NullMarked
package io.pinferry.delivery;

import org.jspecify.annotations.NullMarked;

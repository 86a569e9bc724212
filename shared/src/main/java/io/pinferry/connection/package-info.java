/**
 * Connecting a Pinterest account: OAuth state, the callback, and tokens that stay fresh. Nothing
 * else sees a token's text.
 */
@NullMarked
package io.pinferry.connection;

import org.jspecify.annotations.NullMarked;

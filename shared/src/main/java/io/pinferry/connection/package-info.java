/**
 * Connections to Pinterest accounts: the OAuth state, the callback, and the tokens. Only this
 * package sees the text of a token.
 */
@NullMarked
package io.pinferry.connection;

import org.jspecify.annotations.NullMarked;

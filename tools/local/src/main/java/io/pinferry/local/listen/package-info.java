/** A developer's webhook in the terminal: it prints each message once, and gets what it missed. */
@NullMarked
package io.pinferry.local.listen;

import org.jspecify.annotations.NullMarked;

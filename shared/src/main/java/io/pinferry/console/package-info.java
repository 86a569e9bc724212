/**
 * The console: static files for a browser. They hold nothing secret, and all that they show comes
 * from the documented API.
 */
@NullMarked
package io.pinferry.console;

import org.jspecify.annotations.NullMarked;

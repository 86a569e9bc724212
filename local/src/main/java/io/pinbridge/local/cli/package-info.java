/** The command line: {@code ./pinbridge up}, {@code ./pinbridge demo}. */
@NullMarked
package io.pinbridge.local.cli;

import org.jspecify.annotations.NullMarked;

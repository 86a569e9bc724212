/** A client of the doors for the command line: it lists, explains, reads and checks. */
@NullMarked
package io.pinferry.local.api;

import org.jspecify.annotations.NullMarked;

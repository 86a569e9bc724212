/** The command line: {@code ./pinferry up}, {@code ./pinferry demo}. */
@NullMarked
package io.pinferry.local.cli;

import org.jspecify.annotations.NullMarked;

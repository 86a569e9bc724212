/** The function write: its handler, nothing else. */
@NullMarked
package io.pinferry.functions.write;

import org.jspecify.annotations.NullMarked;

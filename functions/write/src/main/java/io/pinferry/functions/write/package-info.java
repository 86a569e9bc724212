/** The function write: its handler, its settings and its wiring, nothing else. */
@NullMarked
package io.pinferry.functions.write;

import org.jspecify.annotations.NullMarked;

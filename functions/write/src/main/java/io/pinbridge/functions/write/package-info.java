/** The function write: its handler, its settings and its wiring, nothing else. */
@NullMarked
package io.pinbridge.functions.write;

import org.jspecify.annotations.NullMarked;

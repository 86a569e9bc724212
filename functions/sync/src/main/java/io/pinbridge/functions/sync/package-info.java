/** The function sync: its handler, its settings and its wiring, nothing else. */
@NullMarked
package io.pinbridge.functions.sync;

import org.jspecify.annotations.NullMarked;

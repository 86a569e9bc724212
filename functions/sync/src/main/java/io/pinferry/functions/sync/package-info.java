/** The function sync: its handler, its settings and its wiring, nothing else. */
@NullMarked
package io.pinferry.functions.sync;

import org.jspecify.annotations.NullMarked;

/** The function management: its handler, its settings and its wiring, nothing else. */
@NullMarked
package io.pinferry.functions.management;

import org.jspecify.annotations.NullMarked;

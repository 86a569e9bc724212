/** The function schedule: its handler, its settings and its wiring, nothing else. */
@NullMarked
package io.pinferry.functions.schedule;

import org.jspecify.annotations.NullMarked;

/** The function schedule: its handler, nothing else. */
@NullMarked
package io.pinferry.functions.schedule;

import org.jspecify.annotations.NullMarked;

/** The function sync: its handler, nothing else. */
@NullMarked
package io.pinferry.functions.sync;

import org.jspecify.annotations.NullMarked;

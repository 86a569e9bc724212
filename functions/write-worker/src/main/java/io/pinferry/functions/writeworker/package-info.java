/** The function write-worker: its handler, nothing else. */
@NullMarked
package io.pinferry.functions.writeworker;

import org.jspecify.annotations.NullMarked;

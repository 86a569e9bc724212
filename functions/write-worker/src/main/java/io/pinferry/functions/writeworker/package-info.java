/** The function write-worker: its handler and nothing else. */
@NullMarked
package io.pinferry.functions.writeworker;

import org.jspecify.annotations.NullMarked;

/** Runs published clients against Pinferry: Pinterest's own, others' readers, and tools. */
@NullMarked
package io.pinferry.local.clients;

import org.jspecify.annotations.NullMarked;

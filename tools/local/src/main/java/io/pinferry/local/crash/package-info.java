/**
 * Proof against real crashes: processes of the functions are killed while accounts are read, and
 * every record is compared afterwards.
 */
@NullMarked
package io.pinferry.local.crash;

import org.jspecify.annotations.NullMarked;

/**
 * The demonstration: a whole account is connected, read and delivered, and every record is compared
 * with what the simulator says it has.
 */
@NullMarked
package io.pinferry.local.demo;

import org.jspecify.annotations.NullMarked;

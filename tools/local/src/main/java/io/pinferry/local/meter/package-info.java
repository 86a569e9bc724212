/** Counts what functions ask of AWS's services, for permissions and for the bill. */
@NullMarked
package io.pinferry.local.meter;

import org.jspecify.annotations.NullMarked;

/** Counts what functions ask of AWS's services, for permissions and for the bill. */
@org.jspecify.annotations.NullMarked
package io.pinferry.local.meter;

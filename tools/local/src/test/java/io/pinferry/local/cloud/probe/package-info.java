/**
 * A function that tests of the embedded cloud pack and run. It tells a receiver in the test what it
 * was given.
 */
@NullMarked
package io.pinferry.local.cloud.probe;

import org.jspecify.annotations.NullMarked;

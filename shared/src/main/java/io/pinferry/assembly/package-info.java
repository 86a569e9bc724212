/**
 * Puts the product together. {@link io.pinferry.assembly.Ports} are what an environment supplies:
 * AWS in production, fakes in the simulation and in tests. {@link io.pinferry.assembly.Assembly}
 * builds everything above them, in one place.
 */
@NullMarked
package io.pinferry.assembly;

import org.jspecify.annotations.NullMarked;

/**
 * Compares with the official specification of Pinterest's API, where its file is at hand. Tests of
 * other packages use it for every request Pinferry sends and every answer the simulator gives.
 */
@NullMarked
package io.pinferry.local.oracle;

import org.jspecify.annotations.NullMarked;

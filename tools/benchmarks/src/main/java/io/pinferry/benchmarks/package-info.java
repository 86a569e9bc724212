/**
 * Measures what design and decisions promise, as ratios within one run. Not part of the product.
 */
@NullMarked
package io.pinferry.benchmarks;

import org.jspecify.annotations.NullMarked;

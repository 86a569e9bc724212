/**
 * Operations: one full read of one object, or one write. This package has their work, status, log,
 * end and notification. The packages {@code read} and {@code write} do the work.
 */
@NullMarked
package io.pinferry.operation;

import org.jspecify.annotations.NullMarked;

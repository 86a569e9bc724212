/**
 * What every feature stands on: ids, errors, time, tasks, logging and JSON. Knows no other package.
 */
@NullMarked
package io.pinferry.base;

import org.jspecify.annotations.NullMarked;

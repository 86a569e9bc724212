/**
 * Installs and removes integrations for groups, changes their configs, and starts and pauses their
 * reads. One transaction writes an installation together with its reads and timers.
 */
@NullMarked
package io.pinferry.install;

import org.jspecify.annotations.NullMarked;

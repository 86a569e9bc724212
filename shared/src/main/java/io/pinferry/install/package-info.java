/**
 * Installing an integration for a group and removing it again, and starting reads of what is
 * installed: by schedule and on demand. An installation begins and ends together with its reads and
 * timers.
 */
@NullMarked
package io.pinferry.install;

import org.jspecify.annotations.NullMarked;

/**
 * Projects, integrations, installations, connections, destinations, topics and keys: who owns what.
 * Lists are strongly consistent; what must be unique is made so by conditional writes.
 */
@NullMarked
package io.pinferry.directory;

import org.jspecify.annotations.NullMarked;

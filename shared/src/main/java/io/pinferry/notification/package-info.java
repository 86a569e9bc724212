/**
 * What a builder is told of: the ends of reads, changes of connections and installations, and
 * destinations that take nothing any more. A notification is put into the outbox in the same
 * transaction as what it tells of, so that none is lost; it is sent from there.
 */
@NullMarked
package io.pinferry.notification;

import org.jspecify.annotations.NullMarked;

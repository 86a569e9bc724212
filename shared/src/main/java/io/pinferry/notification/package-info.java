/**
 * Notifications to builders: of the ends of reads, of changes of connections and installations, and
 * of failed destinations. A notification enters the outbox in the transaction of its event, so that
 * none is lost. It is sent from there.
 */
@NullMarked
package io.pinferry.notification;

import org.jspecify.annotations.NullMarked;

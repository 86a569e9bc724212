package io.pinferry.connection;

import io.pinferry.directory.ConnectionId;
import java.time.Instant;

/**
 * The right to refresh a connection's tokens.
 *
 * @param holder a random name of this lease
 * @param until when it expires
 */
public record RefreshLease(ConnectionId connection, String holder, Instant until) {}

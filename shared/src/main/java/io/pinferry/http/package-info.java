/**
 * The connection to API Gateway: requests, the guard, the router, answers and problem documents.
 * Every handler of a front door is a {@link io.pinferry.http.Router} behind an {@link
 * io.pinferry.http.Endpoint}.
 */
@NullMarked
package io.pinferry.http;

import org.jspecify.annotations.NullMarked;

/**
 * The way in and out of API Gateway: requests, the guard, the router, answers and problem
 * documents. Every handler of a front door is a {@link io.pinbridge.http.Router} behind an {@link
 * io.pinbridge.http.Endpoint}.
 */
@NullMarked
package io.pinbridge.http;

import org.jspecify.annotations.NullMarked;

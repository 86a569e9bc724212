/**
 * A stateful, strict imitation of the parts of the Pinterest v5 API that Pinferry uses, with data
 * made from a seed. The core answers requests as a plain function of settings, time and state, so
 * that tests can run it without sockets in virtual time.
 */
@NullMarked
package io.pinferry.local.simulator;

import org.jspecify.annotations.NullMarked;

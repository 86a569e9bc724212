/**
 * Everything that is known about Pinterest's API v5: objects and endpoints as data, paging, errors,
 * rate categories, OAuth. The only place that knows Pinterest.
 */
@NullMarked
package io.pinferry.pinterest;

import org.jspecify.annotations.NullMarked;

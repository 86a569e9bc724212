package io.pinferry.local.cloud;

import org.jspecify.annotations.Nullable;

/**
 * A CloudFormation function as it stands in the template, not yet evaluated.
 *
 * @param name as in the long form, without {@code Fn::}, e.g. {@code GetAtt} or {@code Ref}
 * @param argument a scalar, list or map that may hold further functions
 */
record Intrinsic(String name, @Nullable Object argument) {}

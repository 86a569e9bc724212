/**
 * DynamoDB, SQS and Secrets Manager behind the ports of the other packages. Only this package knows
 * the AWS SDK and the layout of tables and queues.
 */
@NullMarked
package io.pinferry.aws;

import org.jspecify.annotations.NullMarked;

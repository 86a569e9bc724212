/**
 * The embedded cloud: reads the deployment's {@code template.yaml} and runs what stands there in
 * this process. DynamoDB Local and ElasticMQ are real parts; Secrets Manager, the HTTP gateway, the
 * queue pollers and the schedule are small servers that behave as AWS documents them.
 */
@NullMarked
package io.pinferry.local.cloud;

import org.jspecify.annotations.NullMarked;

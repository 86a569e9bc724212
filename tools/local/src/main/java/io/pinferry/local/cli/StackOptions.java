package io.pinferry.local.cli;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of a local stack, of every command that starts one. */
final class StackOptions {
  @Option(
      names = "--records",
      paramLabel = "N",
      description =
          "How many pins the simulated account has; other objects grow with it. 0 is an empty"
              + " account. Default: 10000.")
  @Nullable Integer records;

  @Option(
      names = "--boards",
      paramLabel = "N",
      description = "How many boards it has. Default: what suits the number of pins.")
  @Nullable Integer boards;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "What its data are made from; the same seed gives the same data. Default: 1.")
  @Nullable Long seed;

  @Option(
      names = "--aws-endpoint",
      paramLabel = "URL",
      description =
          "Another emulator of DynamoDB, SQS and Secrets Manager instead of the embedded ones, e.g."
              + " http://127.0.0.1:5000 for moto or http://127.0.0.1:4566 for LocalStack. It must"
              + " be on this computer. docs/local.md has more.")
  @Nullable URI awsEndpoint;

  @Option(
      names = "--processes",
      description =
          "Run each function in processes of its own, through Lambda's real runtime client (Linux"
              + " only). Slower to start. Default: inside this process.")
  boolean processes;
}

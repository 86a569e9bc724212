package io.pinferry.local.cloud;

/** A request that Secrets Manager refuses, with the error type of its protocol. */
final class SecretsRefusal extends Exception {

  private static final long serialVersionUID = 1L;

  private final String type;

  private SecretsRefusal(String type, String message) {
    super(message);
    this.type = type;
  }

  static SecretsRefusal notFound(String message) {
    return new SecretsRefusal("ResourceNotFoundException", message);
  }

  static SecretsRefusal exists(String message) {
    return new SecretsRefusal("ResourceExistsException", message);
  }

  static SecretsRefusal invalidRequest(String message) {
    return new SecretsRefusal("InvalidRequestException", message);
  }

  static SecretsRefusal invalidParameter(String message) {
    return new SecretsRefusal("InvalidParameterException", message);
  }

  static SecretsRefusal invalid(String message) {
    return new SecretsRefusal("ValidationException", message);
  }

  static SecretsRefusal limitExceeded(String message) {
    return new SecretsRefusal("LimitExceededException", message);
  }

  static SecretsRefusal unknownOperation(String operation) {
    return new SecretsRefusal(
        "UnknownOperationException", "the embedded secrets server has no operation " + operation);
  }

  String type() {
    return type;
  }

  String text() {
    String message = getMessage();
    return message == null ? type : message;
  }
}

package io.pinferry.net;

final class TransportWhenFirstUsedComponentTest extends HttpTransportContract {
  @Override
  HttpTransport transport() {
    return JdkHttpTransport.whenFirstUsed();
  }
}

package io.pinferry.net;

final class TransportWhenFirstUsedComponentTest extends HttpTransportContract {
  @Override
  HttpTransport transport() {
    return OkHttpTransport.whenFirstUsed(OkHttpTransport::toConfiguredHosts);
  }
}

package io.pinferry.net;

import java.time.InstantSource;

final class TransportWhenFirstUsedComponentTest extends HttpTransportContract {
  @Override
  HttpTransport transport() {
    return OkHttpTransport.whenFirstUsed(
        () -> OkHttpTransport.toConfiguredHosts(InstantSource.system()));
  }
}

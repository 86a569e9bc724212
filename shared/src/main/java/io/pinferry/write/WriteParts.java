package io.pinferry.write;

import io.pinferry.base.IdSource;
import io.pinferry.base.Log;
import io.pinferry.base.Tasks;
import io.pinferry.client.PinterestClient;
import io.pinferry.directory.AccountId;
import io.pinferry.directory.ConnectionRepository;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.Installation;
import io.pinferry.net.FileRelay;
import java.util.Set;

/** The parts that synchronous and asynchronous writes share. */
public record WriteParts(
    DirectoryStore directory,
    WriteOperations operations,
    WriteStore records,
    Preparation preparation,
    PinterestClient client,
    FileRelay files,
    IdSource ids,
    Tasks tasks,
    Log log) {
  /**
   * Returns the account that is written to, and makes sure that there is a token for it, so that a
   * write without a token stops before it begins.
   */
  AccountId account(Installation installation) {
    return client.account(installation.project(), installation.connection());
  }

  /** Returns the scopes that were granted to the connection; empty if they are unknown. */
  Set<String> scopes(Installation installation) {
    return new ConnectionRepository(directory)
        .find(installation.project(), installation.connection())
        .map(found -> Set.copyOf(found.value().access().scopes()))
        .orElse(Set.of());
  }
}

package io.pinferry.management;

import io.pinferry.base.IdSource;
import io.pinferry.base.Tasks;
import io.pinferry.connection.TokenMoves;
import io.pinferry.console.ConsoleRoutes;
import io.pinferry.delivery.DeadLetters;
import io.pinferry.delivery.DeliveryAttempts;
import io.pinferry.delivery.Redrive;
import io.pinferry.delivery.Replay;
import io.pinferry.delivery.ResultStore;
import io.pinferry.directory.DestinationRules;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.SecretStore;
import io.pinferry.http.PublicUrl;
import io.pinferry.http.Route;
import io.pinferry.install.ChangeConfig;
import io.pinferry.install.Install;
import io.pinferry.install.ProjectRemoval;
import io.pinferry.install.RemoveGroup;
import io.pinferry.install.TriggerRead;
import io.pinferry.install.Uninstall;
import io.pinferry.limit.BudgetStore;
import io.pinferry.net.HostNames;
import io.pinferry.operation.OperationStore;
import io.pinferry.pinterest.PinterestOauth;
import io.pinferry.read.PartitionStore;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The routes of the api door, except those of connections. */
public final class ManagementRoutes {
  private ManagementRoutes() {}

  /**
   * The dependencies of the routes.
   *
   * @param logRetentionDays how long the log group keeps lines
   * @param rules the rules for the addresses of destinations
   * @param hosts resolves host names
   * @param tokenMoves null if the deployment has one store of tokens
   * @param publicUrl the public URL of the door
   */
  public record Parts(
      DirectoryStore directory,
      SecretStore secrets,
      OperationStore operations,
      BudgetStore budgets,
      PartitionStore partitions,
      ResultStore results,
      DeadLetters deadLetters,
      DeliveryAttempts deliveryAttempts,
      Install install,
      ChangeConfig changeConfig,
      Uninstall uninstall,
      TriggerRead triggerRead,
      Deploy deploy,
      ProjectRemoval projectRemoval,
      RemoveGroup removeGroup,
      int logRetentionDays,
      Redrive redrive,
      Replay replay,
      @Nullable TokenMoves tokenMoves,
      DestinationRules rules,
      HostNames hosts,
      PinterestOauth oauth,
      PublicUrl publicUrl,
      IdSource ids,
      Tasks tasks,
      InstantSource clock) {}

  public static List<Route> of(Parts parts) {
    DirectoryStore directory = parts.directory();
    var uploads = new Uploads(directory, parts.ids(), parts.clock());
    return Stream.of(
            new ProjectRoutes(directory, parts.projectRemoval(), parts.ids(), parts.clock())
                .routes(),
            new GroupRoutes(directory, parts.removeGroup(), parts.logRetentionDays(), parts.clock())
                .routes(),
            ElsewhereRoutes.routes(),
            new TokenMoveRoutes(parts.tokenMoves(), parts.clock()).routes(),
            OpenApiRoutes.routes(),
            ConsoleRoutes.routes(),
            new ApiKeyRoutes(directory, parts.ids(), parts.clock()).routes(),
            new JwtKeyRoutes(directory, parts.ids(), parts.clock()).routes(),
            new ProviderAppRoutes(
                    directory, parts.secrets(), parts.oauth(), parts.ids(), parts.clock())
                .routes(),
            new DestinationRoutes(
                    directory,
                    parts.secrets(),
                    parts.rules(),
                    parts.hosts(),
                    parts.ids(),
                    parts.clock())
                .routes(),
            new NotificationRoutes(directory, parts.ids(), parts.clock()).routes(),
            new UploadRoutes(uploads, parts.publicUrl()).routes(),
            new IntegrationRoutes(directory, parts.deploy(), parts.uninstall(), uploads).routes(),
            new RevisionRoutes(directory).routes(),
            new MetadataRoutes(directory).routes(),
            new InstallationRoutes(
                    directory,
                    parts.operations(),
                    parts.install(),
                    parts.changeConfig(),
                    parts.uninstall(),
                    parts.triggerRead(),
                    parts.tasks())
                .routes(),
            new BudgetRoutes(directory, parts.budgets(), parts.clock()).routes(),
            new OperationRoutes(directory, parts.operations(), parts.partitions(), parts.clock())
                .routes(),
            new DeadLetterRoutes(
                    directory, parts.operations(), parts.deadLetters(), parts.redrive())
                .routes(),
            new DeliveryRoutes(
                    directory, parts.operations(), parts.deliveryAttempts(), parts.replay())
                .routes(),
            new ResultRoutes(directory, parts.secrets(), parts.results(), parts.clock()).routes())
        .flatMap(List::stream)
        .toList();
  }
}

package io.pinferry.management;

import io.pinferry.base.IdSource;
import io.pinferry.base.Log;
import io.pinferry.base.Tasks;
import io.pinferry.delivery.DeadLetters;
import io.pinferry.delivery.ResultStore;
import io.pinferry.directory.DestinationRules;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.SecretStore;
import io.pinferry.http.PublicUrl;
import io.pinferry.http.Route;
import io.pinferry.install.ChangeConfig;
import io.pinferry.install.Install;
import io.pinferry.install.PauseReads;
import io.pinferry.install.ProjectRemoval;
import io.pinferry.install.Sampling;
import io.pinferry.install.Uninstall;
import io.pinferry.net.HostNames;
import io.pinferry.operation.OperationFinisher;
import io.pinferry.operation.OperationStore;
import io.pinferry.read.PartitionStore;
import io.pinferry.read.ReadQueue;
import io.pinferry.read.ReadStarts;
import io.pinferry.read.RunningReads;
import io.pinferry.read.Settlement;
import io.pinferry.timer.TimerStore;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;

/** The routes of the api door, except those of connections. */
public final class ManagementRoutes {
  private ManagementRoutes() {}

  /**
   * The dependencies of the routes.
   *
   * @param rules the rules for the addresses of destinations
   * @param hosts resolves host names
   * @param publicUrl the public URL of the door
   */
  public record Parts(
      DirectoryStore directory,
      SecretStore secrets,
      OperationStore operations,
      PartitionStore partitions,
      ResultStore results,
      ReadQueue readQueue,
      DeadLetters deadLetters,
      ReadStarts starts,
      TimerStore timers,
      Sampling sampling,
      DestinationRules rules,
      HostNames hosts,
      PublicUrl publicUrl,
      IdSource ids,
      Tasks tasks,
      InstantSource clock,
      Log log) {}

  public static List<Route> of(Parts parts) {
    DirectoryStore directory = parts.directory();
    var settlement =
        new Settlement(
            parts.partitions(),
            parts.operations(),
            new OperationFinisher(parts.operations(), parts.log()),
            parts.tasks());
    var install =
        new Install(
            directory,
            parts.operations(),
            parts.readQueue(),
            parts.starts(),
            parts.sampling(),
            parts.ids(),
            parts.tasks(),
            parts.log());
    var running = new RunningReads(parts.operations(), settlement);
    var change =
        new ChangeConfig(
            directory,
            parts.operations(),
            parts.readQueue(),
            parts.starts(),
            running,
            parts.timers(),
            parts.sampling(),
            parts.ids(),
            parts.tasks(),
            parts.log());
    var uninstall = new Uninstall(directory, parts.secrets(), running, parts.clock(), parts.log());
    var pause = new PauseReads(directory, running, parts.ids(), parts.clock(), parts.log());
    var deploy = new Deploy(directory, pause, parts.ids(), parts.clock(), parts.log());
    var removal =
        new ProjectRemoval(directory, parts.secrets(), uninstall, parts.clock(), parts.log());
    var uploads = new Uploads(directory, parts.ids(), parts.clock());
    return Stream.of(
            new ProjectRoutes(directory, removal, parts.ids(), parts.clock()).routes(),
            new GroupRoutes(directory, parts.clock()).routes(),
            ElsewhereRoutes.routes(),
            OpenApiRoutes.routes(),
            new ApiKeyRoutes(directory, parts.ids(), parts.clock()).routes(),
            new JwtKeyRoutes(directory, parts.ids(), parts.clock()).routes(),
            new ProviderAppRoutes(directory, parts.secrets(), parts.ids(), parts.clock()).routes(),
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
            new IntegrationRoutes(directory, deploy, uninstall, uploads).routes(),
            new RevisionRoutes(directory).routes(),
            new MetadataRoutes(directory).routes(),
            new InstallationRoutes(
                    directory, parts.operations(), install, change, uninstall, parts.tasks())
                .routes(),
            new OperationRoutes(directory, parts.operations(), parts.partitions(), parts.clock())
                .routes(),
            new DeadLetterRoutes(directory, parts.deadLetters(), parts.tasks(), parts.log())
                .routes(),
            new ResultRoutes(directory, parts.secrets(), parts.results(), parts.clock()).routes())
        .flatMap(List::stream)
        .toList();
  }
}

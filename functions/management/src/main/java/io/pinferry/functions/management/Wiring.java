package io.pinferry.functions.management;

import static io.pinferry.base.Field.field;

import io.pinferry.aws.AwsClients;
import io.pinferry.aws.DynamoDbDeadLetters;
import io.pinferry.aws.DynamoDbDirectoryStore;
import io.pinferry.aws.DynamoDbReadStore;
import io.pinferry.aws.DynamoDbRefreshLeaseStore;
import io.pinferry.aws.DynamoDbTimerStore;
import io.pinferry.aws.SecretsManagerSecretStore;
import io.pinferry.aws.SqsReadQueue;
import io.pinferry.base.Log;
import io.pinferry.base.SystemIdSource;
import io.pinferry.base.VirtualThreadTasks;
import io.pinferry.connection.AccessTokens;
import io.pinferry.connection.ConnectionRoutes;
import io.pinferry.directory.ConnectionRepository;
import io.pinferry.directory.DestinationRules;
import io.pinferry.directory.InstalledConnections;
import io.pinferry.directory.ProviderAppRepository;
import io.pinferry.http.Door;
import io.pinferry.http.Endpoint;
import io.pinferry.http.PublicUrl;
import io.pinferry.http.Route;
import io.pinferry.http.Router;
import io.pinferry.install.PinterestSampling;
import io.pinferry.management.DirectoryCredentials;
import io.pinferry.management.ManagementRoutes;
import io.pinferry.net.HostNames;
import io.pinferry.net.JdkHttpTransport;
import io.pinferry.pinterest.PinterestOauth;
import io.pinferry.read.ReadStarts;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** Puts the function together, once per execution environment. */
final class Wiring {
  private Wiring() {}

  static Endpoint endpoint(Settings settings) {
    Clock clock = Clock.systemUTC();
    var aws = new AwsClients(settings.environment().variables());
    Log log = Log.to(System.out::println, clock).with(field("function", "management"));
    var tasks = new VirtualThreadTasks(clock);
    var ids = new SystemIdSource();
    var http = new JdkHttpTransport();
    var directory = new DynamoDbDirectoryStore(aws.dynamoDb(), settings.directoryTable(), tasks);
    var reads =
        new DynamoDbReadStore(
            aws.dynamoDb(),
            new DynamoDbReadStore.Tables(
                settings.readsTable(), settings.directoryTable(), settings.timersTable()),
            tasks);
    var timers = new DynamoDbTimerStore(aws.dynamoDb(), settings.timersTable(), tasks);
    var secrets = new SecretsManagerSecretStore(aws.secretsManager(), settings.secretPrefix());
    var oauth =
        new PinterestOauth(
            http,
            settings.pinterestAuthorizeUrl(),
            settings.pinterestTokenUrl(),
            settings.pinterestApiUrl(),
            clock);
    var tokens =
        new AccessTokens(
            new ConnectionRepository(directory),
            new ProviderAppRepository(directory),
            secrets,
            new DynamoDbRefreshLeaseStore(aws.dynamoDb(), settings.limitsTable(), ids, tasks),
            oauth,
            tasks,
            log);
    List<Route> routes = new ArrayList<>();
    routes.addAll(
        ConnectionRoutes.of(
            new ConnectionRoutes.Parts(
                directory,
                secrets,
                timers,
                new InstalledConnections(directory),
                tokens,
                oauth,
                settings.publicApiUrl(),
                ids,
                clock)));
    routes.addAll(
        ManagementRoutes.of(
            new ManagementRoutes.Parts(
                directory,
                secrets,
                reads,
                new SqsReadQueue(aws::sqs, settings.readQueueUrl(), tasks),
                new DynamoDbDeadLetters(
                    aws.dynamoDb(), settings.readsTable(), settings.timersTable(), tasks),
                new ReadStarts(settings.watchdog()),
                timers,
                new PinterestSampling(
                    http,
                    settings.pinterestApiUrl(),
                    clock,
                    connection ->
                        tokens.accessTokenFor(connection.project(), connection.id()).token(),
                    log),
                DestinationRules.of(settings.localMode()),
                HostNames.ofSystem(),
                new PublicUrl(settings.publicApiUrl()),
                ids,
                tasks,
                clock,
                log)));
    return new Endpoint(
        Door.API,
        new Router(routes),
        DirectoryCredentials.guard(directory, settings.adminKeySha256(), clock),
        log,
        clock);
  }
}

package io.pinbridge.functions.management;

import static io.pinbridge.base.Field.field;

import io.pinbridge.aws.AwsClients;
import io.pinbridge.aws.DynamoDbDeadLetters;
import io.pinbridge.aws.DynamoDbDirectoryStore;
import io.pinbridge.aws.DynamoDbReadStore;
import io.pinbridge.aws.DynamoDbRefreshLeaseStore;
import io.pinbridge.aws.DynamoDbTimerStore;
import io.pinbridge.aws.SecretsManagerSecretStore;
import io.pinbridge.aws.SqsReadQueue;
import io.pinbridge.base.Log;
import io.pinbridge.base.SystemIdSource;
import io.pinbridge.base.VirtualThreadTasks;
import io.pinbridge.connection.AccessTokens;
import io.pinbridge.connection.ConnectionRoutes;
import io.pinbridge.directory.ConnectionRepository;
import io.pinbridge.directory.DestinationRules;
import io.pinbridge.directory.InstalledConnections;
import io.pinbridge.directory.ProviderAppRepository;
import io.pinbridge.http.Door;
import io.pinbridge.http.Endpoint;
import io.pinbridge.http.PublicUrl;
import io.pinbridge.http.Route;
import io.pinbridge.http.Router;
import io.pinbridge.install.PinterestSampling;
import io.pinbridge.management.DirectoryCredentials;
import io.pinbridge.management.ManagementRoutes;
import io.pinbridge.net.HostNames;
import io.pinbridge.net.JdkHttpTransport;
import io.pinbridge.pinterest.PinterestOauth;
import io.pinbridge.read.ReadStarts;
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

package io.pinbridge.functions.proxy;

import static io.pinbridge.base.Field.field;

import io.pinbridge.aws.AwsClients;
import io.pinbridge.aws.DynamoDbBudgetStore;
import io.pinbridge.aws.DynamoDbDirectoryStore;
import io.pinbridge.aws.DynamoDbRefreshLeaseStore;
import io.pinbridge.aws.SecretsManagerSecretStore;
import io.pinbridge.base.Log;
import io.pinbridge.base.SystemIdSource;
import io.pinbridge.base.VirtualThreadTasks;
import io.pinbridge.connection.AccessTokens;
import io.pinbridge.directory.ConnectionRepository;
import io.pinbridge.directory.InstallationRepository;
import io.pinbridge.directory.IntegrationRepository;
import io.pinbridge.directory.ProjectRepository;
import io.pinbridge.directory.ProviderAppRepository;
import io.pinbridge.limit.Budgets;
import io.pinbridge.management.DirectoryCredentials;
import io.pinbridge.net.JdkHttpTransport;
import io.pinbridge.pinterest.PinterestOauth;
import io.pinbridge.proxy.ProxyEndpoint;
import io.pinbridge.proxy.ProxyTargets;
import java.time.Clock;

/** What the function is made of, built once per execution environment. */
final class Wiring {
  private Wiring() {}

  static ProxyEndpoint endpoint(Settings settings) {
    Clock clock = Clock.systemUTC();
    var aws = new AwsClients(settings.environment().variables());
    var log = Log.to(System.out::println, clock).with(field("function", "proxy"));
    var tasks = new VirtualThreadTasks(clock);
    var http = new JdkHttpTransport();
    var directory = new DynamoDbDirectoryStore(aws.dynamoDb(), settings.directoryTable(), tasks);
    var tokens =
        new AccessTokens(
            new ConnectionRepository(directory),
            new ProviderAppRepository(directory),
            new SecretsManagerSecretStore(aws.secretsManager(), settings.secretPrefix()),
            new DynamoDbRefreshLeaseStore(
                aws.dynamoDb(), settings.limitsTable(), new SystemIdSource(), tasks),
            new PinterestOauth(
                http,
                settings.pinterestAuthorizeUrl(),
                settings.pinterestTokenUrl(),
                settings.pinterestApiUrl(),
                clock),
            tasks,
            log);
    return new ProxyEndpoint(
        DirectoryCredentials.guard(directory, settings.adminKeySha256(), clock),
        new ProxyTargets(
            new ProjectRepository(directory),
            new IntegrationRepository(directory),
            new InstallationRepository(directory),
            ProxyTargets.REMEMBERED,
            clock),
        tokens,
        new Budgets(
            new DynamoDbBudgetStore(
                aws.dynamoDb(), settings.limitsTable(), new SystemIdSource(), tasks),
            tasks,
            log),
        http,
        settings.pinterestApiUrl(),
        log,
        tasks);
  }
}

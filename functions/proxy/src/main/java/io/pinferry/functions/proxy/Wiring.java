package io.pinferry.functions.proxy;

import static io.pinferry.base.Field.field;

import io.pinferry.aws.AwsClients;
import io.pinferry.aws.DynamoDbBudgetStore;
import io.pinferry.aws.DynamoDbDirectoryStore;
import io.pinferry.aws.DynamoDbRefreshLeaseStore;
import io.pinferry.aws.SecretsManagerSecretStore;
import io.pinferry.base.Log;
import io.pinferry.base.SystemIdSource;
import io.pinferry.base.VirtualThreadTasks;
import io.pinferry.connection.AccessTokens;
import io.pinferry.directory.ConnectionRepository;
import io.pinferry.directory.InstallationRepository;
import io.pinferry.directory.IntegrationRepository;
import io.pinferry.directory.ProjectRepository;
import io.pinferry.directory.ProviderAppRepository;
import io.pinferry.limit.Budgets;
import io.pinferry.management.DirectoryCredentials;
import io.pinferry.net.JdkHttpTransport;
import io.pinferry.pinterest.PinterestOauth;
import io.pinferry.proxy.ProxyEndpoint;
import io.pinferry.proxy.ProxyTargets;
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

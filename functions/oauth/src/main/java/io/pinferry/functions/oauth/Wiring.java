package io.pinferry.functions.oauth;

import static io.pinferry.base.Field.field;

import io.pinferry.aws.AwsClients;
import io.pinferry.aws.DynamoDbDirectoryStore;
import io.pinferry.aws.DynamoDbTimerStore;
import io.pinferry.aws.SecretsManagerSecretStore;
import io.pinferry.base.Log;
import io.pinferry.base.SystemIdSource;
import io.pinferry.base.VirtualThreadTasks;
import io.pinferry.connection.OauthRoutes;
import io.pinferry.http.Door;
import io.pinferry.http.Endpoint;
import io.pinferry.http.Router;
import io.pinferry.management.DirectoryCredentials;
import io.pinferry.net.JdkHttpTransport;
import io.pinferry.pinterest.PinterestOauth;
import java.time.Clock;

/** Puts the function together, once per execution environment. */
final class Wiring {
  private Wiring() {}

  static Endpoint endpoint(Settings settings) {
    Clock clock = Clock.systemUTC();
    var aws = new AwsClients(settings.environment().variables());
    Log log = Log.to(System.out::println, clock).with(field("function", "oauth"));
    var tasks = new VirtualThreadTasks(clock);
    var directory = new DynamoDbDirectoryStore(aws.dynamoDb(), settings.directoryTable(), tasks);
    var oauth =
        new PinterestOauth(
            new JdkHttpTransport(),
            settings.pinterestAuthorizeUrl(),
            settings.pinterestTokenUrl(),
            settings.pinterestApiUrl(),
            clock);
    return new Endpoint(
        Door.API,
        new Router(
            OauthRoutes.of(
                directory,
                // Who is sent to Pinterest needs no secret yet.
                new SecretsManagerSecretStore(aws::secretsManager, settings.secretPrefix()),
                new DynamoDbTimerStore(aws.dynamoDb(), settings.timersTable(), tasks),
                oauth,
                settings.publicApiUrl(),
                new SystemIdSource(),
                clock)),
        DirectoryCredentials.guard(directory, settings.adminKeySha256(), clock),
        log,
        clock);
  }
}

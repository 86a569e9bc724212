package io.pinbridge.functions.oauth;

import static io.pinbridge.base.Field.field;

import io.pinbridge.aws.AwsClients;
import io.pinbridge.aws.DynamoDbDirectoryStore;
import io.pinbridge.aws.DynamoDbTimerStore;
import io.pinbridge.aws.SecretsManagerSecretStore;
import io.pinbridge.base.Log;
import io.pinbridge.base.SystemIdSource;
import io.pinbridge.base.VirtualThreadTasks;
import io.pinbridge.connection.OauthRoutes;
import io.pinbridge.http.Door;
import io.pinbridge.http.Endpoint;
import io.pinbridge.http.Router;
import io.pinbridge.management.DirectoryCredentials;
import io.pinbridge.net.JdkHttpTransport;
import io.pinbridge.pinterest.PinterestOauth;
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

package io.pinferry.local.contract;

import io.pinferry.functions.management.ManagementHandler;
import io.pinferry.functions.oauth.OauthHandler;
import io.pinferry.functions.read.ReadHandler;
import io.pinferry.functions.write.WriteHandler;
import io.pinferry.http.Door;
import io.pinferry.http.Endpoint;
import io.pinferry.http.Route;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The routes that the functions behind the doors really have. */
public final class DoorRoutes {
  private DoorRoutes() {}

  /** Returns a door's routes; none of the proxy's, which passes any path on. */
  public static List<Route> of(Door door) {
    try {
      return switch (door) {
        case API -> {
          List<Route> routes =
              new ArrayList<>(routes(new OauthHandler(environment(OauthHandler.class))));
          routes.addAll(routes(new ManagementHandler(environment(ManagementHandler.class))));
          yield routes;
        }
        case READ -> routes(new ReadHandler(environment(ReadHandler.class)));
        case WRITE -> routes(new WriteHandler(environment(WriteHandler.class)));
        case PROXY -> List.of();
      };
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("a function cannot be built", e);
    }
  }

  private static List<Route> routes(Object handler) throws ReflectiveOperationException {
    Field endpoint = handler.getClass().getDeclaredField("endpoint");
    endpoint.setAccessible(true);
    return ((Endpoint) endpoint.get(handler)).routes();
  }

  /** Returns settings with which a function can be put together; nothing is called. */
  private static Map<String, String> environment(Class<?> handler)
      throws ReflectiveOperationException {
    Method names = Class.forName(handler.getPackageName() + ".Settings").getDeclaredMethod("names");
    names.setAccessible(true);
    Map<String, String> environment = new HashMap<>(Map.of("AWS_REGION", "eu-west-1"));
    for (Object name : (Set<?>) names.invoke(null)) {
      String text = name.toString();
      String value =
          switch (text.substring(text.lastIndexOf('_') + 1)) {
            case "URL" -> "https://service.example/x";
            case "WATCHDOG" -> "PT60S";
            case "SHA256" -> "0".repeat(64);
            default -> "name";
          };
      environment.put(text, value);
    }
    return environment;
  }
}

package io.pinferry.local.contract;

import io.pinferry.assembly.Assembly;
import io.pinferry.assembly.FixedSettings;
import io.pinferry.assembly.InMemoryPorts;
import io.pinferry.base.VirtualThreadTasks;
import io.pinferry.http.Door;
import io.pinferry.http.Route;
import java.time.Clock;
import java.util.List;

/** The routes that the doors of the product really have. */
public final class DoorRoutes {
  private DoorRoutes() {}

  /** Returns a door's routes; none of the proxy's, which passes any path on. */
  public static List<Route> of(Door door) {
    var assembly =
        new Assembly(
            new InMemoryPorts(new VirtualThreadTasks(Clock.systemUTC())), new FixedSettings());
    return switch (door) {
      case API -> assembly.managementDoor().routes();
      case READ -> assembly.readDoor().routes();
      case WRITE -> assembly.writeDoor().routes();
      case PROXY -> List.of();
    };
  }
}

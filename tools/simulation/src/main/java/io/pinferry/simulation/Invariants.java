package io.pinferry.simulation;

import io.pinferry.assembly.InMemoryPorts;
import io.pinferry.simulation.invariant.AsRequested;
import io.pinferry.simulation.invariant.AtMostOnce;
import io.pinferry.simulation.invariant.Bounds;
import io.pinferry.simulation.invariant.CompleteOnce;
import io.pinferry.simulation.invariant.CompleteRemoval;
import io.pinferry.simulation.invariant.Invariant;
import io.pinferry.simulation.invariant.Isolation;
import io.pinferry.simulation.invariant.MediaOnce;
import io.pinferry.simulation.invariant.NextReads;
import io.pinferry.simulation.invariant.NoFalseDelete;
import io.pinferry.simulation.invariant.NoLeak;
import io.pinferry.simulation.invariant.NoLoss;
import io.pinferry.simulation.invariant.NoMissedChange;
import io.pinferry.simulation.invariant.OneRefresh;
import io.pinferry.simulation.invariant.Politeness;
import io.pinferry.simulation.invariant.Redelivery;
import io.pinferry.simulation.invariant.Replay;
import io.pinferry.simulation.invariant.SilenceAfterUninstall;
import io.pinferry.simulation.invariant.SingleUse;
import io.pinferry.simulation.invariant.SingleWriter;
import io.pinferry.simulation.invariant.StableId;
import io.pinferry.simulation.invariant.Truthfulness;
import io.pinferry.simulation.invariant.WholeMove;
import io.pinferry.simulation.invariant.WriteLedger;
import io.pinferry.simulation.kernel.Journal;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** All invariants of a world. */
final class Invariants {
  private final World world;
  private final List<Invariant> all = new ArrayList<>();

  Invariants(World world) {
    this.world = world;
    Journal journal = world.journal();
    InstantSource clock = world.clock();
    InMemoryPorts memory = world.memory();
    WriteLedger writes = world.writes();
    all.addAll(
        List.of(
            new NoLoss(journal, clock, world.faults(), world::truth),
            new StableId(journal),
            new CompleteOnce(journal, clock, memory.directory(), memory.partitions()),
            new SingleWriter(journal),
            new Politeness(journal, clock),
            new OneRefresh(journal, world.tokens(), memory.directory()),
            new SingleUse(journal),
            new Isolation(journal),
            new NoLeak(journal, World.APP_SECRET),
            new Bounds(journal, world.queues().all()),
            new NextReads(journal, memory.directory(), memory.cloud().timers()::all),
            new SilenceAfterUninstall(journal, clock),
            new CompleteRemoval(journal, clock, memory),
            new AtMostOnce(journal, writes),
            new AsRequested(journal, writes),
            new Truthfulness(journal, writes),
            new MediaOnce(journal, writes),
            new Replay(journal, writes)));
    if (world.hasRedrives()) {
      all.add(new Redelivery(journal, memory.directory()));
    }
    if (world.compares()) {
      all.add(
          new NoMissedChange(
              journal,
              clock,
              World.BEGIN.plus(Scenario.FAULTS),
              World.BEGIN.plus(Scenario.FAULTS).plus(Duration.ofHours(3)),
              world::truthWithoutCounters));
    }
    if (world.deletes()) {
      all.add(new NoFalseDelete(journal, world::truthWithoutCounters));
    }
    TokenStores stores = world.tokenStores();
    if (stores.moving()) {
      all.add(
          new WholeMove(
              journal,
              memory.directory(),
              () -> stores.target().names(),
              () -> stores.source().names()));
    }
    all.forEach(world.observer()::add);
  }

  /** Returns whether everything has happened that the invariants need. */
  boolean settled() {
    return all.stream().allMatch(Invariant::settled);
  }

  /** Checks what can only be seen at the end of a run. */
  void check() {
    world.writeWatch().reportStored(world.memory().writes());
    all.forEach(Invariant::check);
  }
}

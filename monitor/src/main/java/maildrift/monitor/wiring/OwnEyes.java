package maildrift.monitor.wiring;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.BooleanSupplier;
import maildrift.monitor.self.MailPort;
import maildrift.monitor.self.OwnNetwork;
import maildrift.monitor.self.Presence;
import maildrift.monitor.self.Resolving;
import maildrift.monitor.state.StateTable;
import maildrift.monitor.watch.SameQuestion;
import maildrift.monitor.watch.Watch;
import maildrift.probes.Gap;

/** Whether maildrift can see at all, and since when: what it then sees of domains is believed. */
final class OwnEyes implements Watch.Resolvers {
  private final OwnNetwork network;
  private final Resolving resolving;
  private final Presence presence;
  private final MailPort mailPort;
  private final StateTable table;
  private final InForce inForce;

  OwnEyes(
      OwnNetwork network,
      Resolving resolving,
      Presence presence,
      MailPort mailPort,
      StateTable table,
      InForce inForce) {
    this.network = network;
    this.resolving = resolving;
    this.presence = presence;
    this.mailPort = mailPort;
    this.table = table;
    this.inForce = inForce;
  }

  /** Never waits for the store: a database that is away is no absence of ours. */
  void look() {
    presence.tick();
    var after = inForce.config().schedule().unobservableAfter();
    var some = table.all().stream().limit(3).map(state -> state.domain().name()).toList();
    if (some.isEmpty()) {
      resolving.answered();
    }
    network.look(some, after);
  }

  @Override
  public boolean unusable() {
    return network.closed().isPresent()
        || resolving.blind(inForce.config().schedule().unobservableAfter());
  }

  @Override
  public Duration seeing(Instant from, Instant to) {
    // An outage of ours is nobody else's, also for whom it is over a little later.
    var start = from.isBefore(network.reopened()) ? network.reopened() : from;
    return start.isBefore(to) ? presence.between(start, to) : Duration.ZERO;
  }

  @Override
  public boolean couldSee(long began, BooleanSupplier isNews) {
    return network.couldSee(began, isNews);
  }

  @Override
  public boolean isTold(Gap gap) {
    return mailPort.explains(gap);
  }

  /** What a person pastes to see whether they answer. */
  List<String> asking() {
    var name =
        table.all().stream().findFirst().map(state -> state.domain().name().toString()).orElse(".");
    return inForce.config().dns().resolvers().isEmpty()
        ? List.of("dig " + name + " SOA")
        : inForce.config().dns().resolvers().stream()
            .map(resolver -> SameQuestion.dig(resolver.host(), resolver.port(), name))
            .toList();
  }
}

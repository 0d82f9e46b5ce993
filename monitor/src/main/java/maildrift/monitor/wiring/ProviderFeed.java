package maildrift.monitor.wiring;

import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import maildrift.monitor.config.FeedConfig;
import maildrift.monitor.feed.M365Endpoints;
import maildrift.monitor.schedule.Scheduler;
import maildrift.monitor.state.DomainState;
import maildrift.monitor.state.StateTable;
import maildrift.monitor.watch.Published;
import maildrift.monitor.watch.Watch;
import maildrift.probes.netblocks.Feeds;
import maildrift.probes.netblocks.NetblocksProbe;

/**
 * The list of networks that a provider publishes on the web, read as configured now. A reload that
 * configures it otherwise begins anew, with what was published when it was last believed.
 */
final class ProviderFeed implements Feeds {
  private final Published published;
  private final Clock clock;
  private volatile FeedPoller poller;

  ProviderFeed(FeedConfig initial, Published published, Clock clock) {
    this.published = published;
    this.clock = clock;
    poller = new FeedPoller(initial, clock);
  }

  /** Takes up what was published before a restart. */
  void restore() {
    poller.recall(published.present(poller.shown()));
  }

  /** Called under the lock of {@link InForce}. */
  void configured(FeedConfig next) {
    if (!poller.config().equals(next)) {
      var another = new FeedPoller(next, clock);
      another.recall(published.present(another.shown()));
      poller = another;
    }
  }

  @Override
  public Optional<Feed> feed(String name) {
    return poller.feed(name);
  }

  /** Nothing is asked of the publisher for a fleet that does not need it. */
  void poll(StateTable table, Scheduler scheduler) {
    var needing =
        table.all().stream()
            .map(DomainState::domain)
            .filter(domain -> !domain.skip().contains(NetblocksProbe.NAME))
            .filter(
                domain ->
                    domain.prescriptions().stream()
                        .anyMatch(
                            prescription -> prescription.feeds().contains(M365Endpoints.NAME)))
            .toList();
    if (!needing.isEmpty() && poller.poll()) {
      var wait = Duration.ZERO;
      for (var domain : needing) {
        scheduler.sooner(domain.name().toString(), wait);
        wait = wait.plus(Watch.APART);
      }
    }
  }
}

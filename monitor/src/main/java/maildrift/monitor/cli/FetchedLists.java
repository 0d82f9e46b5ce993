package maildrift.monitor.cli;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import maildrift.monitor.check.CheckResult;
import maildrift.monitor.check.CheckRunner;
import maildrift.monitor.config.MonitorConfig;
import maildrift.monitor.wiring.AllowlistFetch;
import maildrift.probes.domain.Allowlist;
import maildrift.probes.domain.ManagedDomain;

/** The allowlists behind URLs, each fetched once, when a domain first needs it. */
final class FetchedLists {
  private static final String PROBE = "netblocks";

  /** Allowlists that take longer are a gap. */
  private static final Duration FETCH = Duration.ofSeconds(8);

  private final MonitorConfig configuration;
  private final Map<String, FutureTask<Optional<Allowlist>>> lists = new ConcurrentHashMap<>();

  FetchedLists(MonitorConfig configuration) {
    this.configuration = configuration;
  }

  /** Looks at a domain with its lists as they are now; what fetching takes is part of its time. */
  CheckResult look(CheckRunner runner, ManagedDomain domain, ProbeChoice choice) {
    var begun = System.nanoTime();
    var current = choice.wants(PROBE) ? current(domain) : domain;
    var limit = CheckRunner.LIMIT.minusNanos(System.nanoTime() - begun);
    return Looked.look(runner, current, choice, limit);
  }

  private ManagedDomain current(ManagedDomain domain) {
    if (domain.skip().contains(PROBE)) {
      return domain;
    }
    return domain.allowlist().flatMap(this::fetched).map(domain::allowlist).orElse(domain);
  }

  private Optional<Allowlist> fetched(Allowlist list) {
    var declared = configuration.allowlists().get(list.name());
    if (declared == null) {
      return Optional.empty();
    }
    var task =
        lists.computeIfAbsent(
            list.name(),
            name ->
                new FutureTask<>(
                    () ->
                        Optional.ofNullable(
                            AllowlistFetch.all(List.of(declared), FETCH).get(name))));
    task.run();
    try {
      return task.get();
    } catch (ExecutionException failure) {
      throw new IllegalStateException(failure.getCause());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }
}

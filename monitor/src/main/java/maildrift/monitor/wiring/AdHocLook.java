package maildrift.monitor.wiring;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import maildrift.monitor.check.CheckResult;
import maildrift.monitor.check.CheckRunner;
import maildrift.monitor.check.Look;
import maildrift.monitor.config.ConfigLoader;
import maildrift.monitor.config.ProfileUse;
import maildrift.monitor.state.DomainState;
import maildrift.monitor.state.StateTable;
import maildrift.monitor.watch.Published;
import maildrift.monitor.web.Backend;
import maildrift.probes.Context;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.ManagedDomain;

/** One look at any name, which is neither stored nor told. */
final class AdHocLook {
  private final CheckRunner runner;
  private final ConfigLoader loader;
  private final StateTable table;
  private final Published published;
  private final InForce inForce;
  private final Clock clock;

  AdHocLook(
      CheckRunner runner,
      ConfigLoader loader,
      StateTable table,
      Published published,
      InForce inForce,
      Clock clock) {
    this.runner = runner;
    this.loader = loader;
    this.table = table;
    this.published = published;
    this.inForce = inForce;
    this.clock = clock;
  }

  /** See {@link Backend#probe}. */
  CheckResult probe(String target, List<String> profiles, Duration limit) {
    var name = DnsName.of(target);
    var domain =
        table.of(name).map(DomainState::domain).orElseGet(() -> ManagedDomain.undeclared(name));
    if (!profiles.isEmpty()) {
      var uses = profiles.stream().map(ProfileUse::parse).toList();
      var declared = domain;
      domain =
          switch (loader.adHoc(name, uses, inForce.config())) {
            case ConfigLoader.DomainResult.Accepted(var accepted) ->
                declared.prescriptions(
                    Stream.concat(
                            declared.prescriptions().stream(), accepted.prescriptions().stream())
                        .toList());
            case ConfigLoader.DomainResult.Refused(var problems) ->
                throw new IllegalArgumentException(problems.getFirst().message());
          };
    }
    return runner.check(
        domain,
        Look.REGULAR,
        _ -> true,
        new Context(clock.instant(), published.withdrawn()),
        limit);
  }
}

package maildrift.monitor.watch;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import maildrift.monitor.check.CheckResult;
import maildrift.monitor.json.CheckJson;
import maildrift.monitor.state.DomainState;
import maildrift.probes.Finding;

/**
 * A gap that lasts is a finding in its own right; the only one that a failure to look can bring
 * about. Pure.
 */
final class Unobservable {
  private Unobservable() {}

  /**
   * Findings of probes that could not see for longer than {@code after}.
   *
   * @param state after the look
   * @param resolversUnusable then the resolvers are told of, once, and no domain
   */
  static List<Finding> findings(
      DomainState state, CheckResult look, Instant now, Duration after, boolean resolversUnusable) {
    if (resolversUnusable) {
      return List.of();
    }
    return look.probes().stream()
        .filter(probe -> !probe.judgement().gaps().isEmpty())
        .flatMap(
            probe -> {
              var known = state.probes().get(probe.probe());
              return known == null || known.unseenSince().plus(after).isAfter(now)
                  ? java.util.stream.Stream.<Finding>empty()
                  : java.util.stream.Stream.of(
                      finding(state, probe.probe(), look, known.unseenSince()));
            })
        .toList();
  }

  private static Finding finding(DomainState state, String probe, CheckResult look, Instant since) {
    var gap =
        look.gaps().stream().filter(own -> own.probe().equals(probe)).findFirst().orElseThrow();
    return Finding.of(
            WatchRules.UNOBSERVABLE,
            probe,
            "The %s probe of %s has not been able to look at %s since %s: %s"
                .formatted(
                    probe,
                    state.domain().name(),
                    gap.unseen(),
                    CheckJson.instant(since),
                    gap.why()))
        .cause(gap.unseen())
        .with("unseen", gap.unseen())
        .with("why", gap.why())
        .with("since", CheckJson.instant(since));
  }
}

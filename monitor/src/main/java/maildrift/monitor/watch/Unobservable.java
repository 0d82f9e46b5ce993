package maildrift.monitor.watch;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maildrift.monitor.check.CheckResult;
import maildrift.monitor.json.CheckJson;
import maildrift.monitor.state.DomainState;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.dns.DnsName;
import maildrift.probes.zone.ZoneProbe;

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
   * @param resolvers when they as a whole are unusable they are told of, once, and no domain; nor
   *     is a domain for a gap whose reason is ours
   * @param records of the domain as they were seen last
   */
  static List<Finding> findings(
      DomainState state,
      CheckResult look,
      Instant now,
      Duration after,
      Watch.Resolvers resolvers,
      Map<String, String> records) {
    if (resolvers.unusable()) {
      return List.of();
    }
    var findings = new ArrayList<Finding>();
    for (var probe : look.probes()) {
      var known = Optional.ofNullable(state.probes().get(probe.probe()));
      probe.judgement().gaps().stream()
          .filter(gap -> !resolvers.isTold(gap))
          .findFirst()
          .filter(
              _ ->
                  known
                      .filter(own -> resolvers.seeing(own.unseenSince(), now).compareTo(after) >= 0)
                      .isPresent())
          .ifPresent(
              gap -> findings.add(finding(state, gap, known.orElseThrow().unseenSince(), records)));
    }
    return findings;
  }

  private static Finding finding(
      DomainState state, Gap gap, Instant since, Map<String, String> records) {
    return Finding.of(
            WatchRules.UNOBSERVABLE,
            gap.probe(),
            "The %s probe of %s has not been able to look at %s since %s: %s"
                .formatted(
                    gap.probe(),
                    state.domain().name(),
                    gap.unseen(),
                    CheckJson.instant(since),
                    gap.why()))
        .cause(cause(gap, state.domain().name(), records))
        .remedy(remedy(gap))
        .with("unseen", gap.unseen())
        .with("why", gap.why())
        .with("since", CheckJson.instant(since));
  }

  private static String remedy(Gap gap) {
    return SameQuestion.of(gap.probe(), gap.unseen(), gap.why())
        .map(
            command ->
                "See why it does not answer. From the machine that maildrift runs on:\n" + command)
        .orElse(WatchRules.UNOBSERVABLE.remedy());
  }

  /**
   * What the gap comes down to, so that all domains behind it are one message: the name server of
   * the zone that does not answer, as far as that is known; else what came instead of an answer, or
   * a host that many share.
   */
  private static String cause(Gap gap, DnsName domain, Map<String, String> records) {
    var end = gap.unseen().indexOf(' ');
    return end < 0
        ? gap.unseen()
        : DnsName.parse(gap.unseen().substring(0, end))
            .flatMap(name -> ZoneProbe.primary(name, records))
            .orElse(
                gap.why().contains(domain.toString()) ? gap.unseen() : "unanswered: " + gap.why());
  }
}

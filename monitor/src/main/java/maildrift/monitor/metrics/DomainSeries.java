package maildrift.monitor.metrics;

import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import maildrift.monitor.state.DomainState;
import maildrift.monitor.state.Sample;
import maildrift.probes.Severity;
import maildrift.probes.Verdict;

/** Writes the series of domains, hosts and netblock sources from the states as they are now. */
final class DomainSeries {
  private static final Verdict[] VERDICTS = Verdict.values();
  private static final Severity[] SEVERITIES = Severity.values();

  private final Exposition out;
  private final Collection<DomainState> states;
  private final boolean lean;

  DomainSeries(Exposition out, Collection<DomainState> states, boolean lean) {
    this.out = out;
    this.states = states;
    this.lean = lean;
  }

  void write() {
    verdicts();
    findings();
    violated();
    probes();
    ofDomains(Names.SPF_LOOKUPS, Sample.Kind.SPF_LOOKUPS, false);
    ofDomains(Names.SPF_VOID_LOOKUPS, Sample.Kind.SPF_VOID_LOOKUPS, false);
    ofDomains(Names.SPF_NETBLOCKS, Sample.Kind.SPF_NETBLOCKS, false);
    ofDomains(Names.DKIM_KEY_BITS, Sample.Kind.DKIM_KEY_BITS, true);
    ofDomains(Names.DMARC_POLICY, Sample.Kind.DMARC_POLICY, true);
    ofDomains(Names.MX_MATCHES_PROFILE, Sample.Kind.MX_MATCHES_PROFILE, false);
    changes();
    shared();
  }

  private void verdicts() {
    out.family(Names.DOMAIN_VERDICT);
    for (var state : states) {
      var present = state.verdict();
      for (var verdict : VERDICTS) {
        if (!lean || verdict == present) {
          out.sample(
              Names.DOMAIN_VERDICT,
              verdict == present ? 1 : 0,
              name(state),
              tenant(state),
              verdict.word());
        }
      }
    }
  }

  private void findings() {
    out.family(Names.FINDINGS);
    for (var state : states) {
      var counts = new int[SEVERITIES.length];
      for (var finding : state.findings()) {
        if (!finding.waived()) {
          counts[finding.severity().compareTo(Severity.INFO)]++;
        }
      }
      for (var severity : SEVERITIES) {
        out.sample(
            Names.FINDINGS,
            counts[severity.compareTo(Severity.INFO)],
            name(state),
            tenant(state),
            severity.word());
      }
    }
  }

  private void violated() {
    out.family(Names.RULE_VIOLATED);
    for (var state : states) {
      // Two findings may share rule and subject only by mistake; a scrape must not fail for it.
      var once = new LinkedHashMap<Object, Runnable>();
      for (var finding : state.findings()) {
        if (!finding.waived()) {
          once.putIfAbsent(
              finding.key(),
              () ->
                  out.sample(
                      Names.RULE_VIOLATED,
                      1,
                      name(state),
                      tenant(state),
                      finding.rule(),
                      finding.severity().word(),
                      finding.subject()));
        }
      }
      once.values().forEach(Runnable::run);
    }
  }

  private void probes() {
    out.family(Names.PROBE_OBSERVED);
    for (var state : states) {
      for (var probe : state.probes().values()) {
        out.sample(
            Names.PROBE_OBSERVED,
            probe.observed() ? 1 : 0,
            name(state),
            tenant(state),
            probe.probe());
      }
    }
    out.family(Names.PROBE_LAST_OBSERVED);
    for (var state : states) {
      for (var probe : state.probes().values()) {
        if (!probe.observedAt().equals(Instant.EPOCH)) {
          out.sample(
              Names.PROBE_LAST_OBSERVED,
              seconds(probe.observedAt()),
              name(state),
              tenant(state),
              probe.probe());
        }
      }
    }
  }

  private void ofDomains(Names name, Sample.Kind kind, boolean labelled) {
    out.family(name);
    for (var state : states) {
      for (var probe : state.probes().values()) {
        for (var sample : probe.samples()) {
          if (sample.kind() == kind && labelled) {
            out.sample(name, sample.value(), name(state), tenant(state), sample.first());
          } else if (sample.kind() == kind) {
            out.sample(name, sample.value(), name(state), tenant(state));
          }
        }
      }
    }
  }

  private void changes() {
    out.family(Names.RECORD_CHANGED);
    for (var state : states) {
      state
          .recordsChanged()
          .forEach(
              (record, at) ->
                  out.sample(
                      Names.RECORD_CHANGED, seconds(at), name(state), tenant(state), record));
    }
  }

  /**
   * Hosts and sources are shared by domains: of several values for one series, that of the latest
   * look counts.
   */
  private void shared() {
    var latest = new LinkedHashMap<Series, Seen>();
    for (var state : states) {
      for (var probe : state.probes().values()) {
        for (var sample : probe.samples()) {
          switch (sample.kind()) {
            case TLS_LEVEL -> keep(latest, Names.TLS_LEVEL, sample, state, 2);
            case TLS_NOT_AFTER -> keep(latest, Names.TLS_NOT_AFTER, sample, state, 2);
            case TLS_CN_MATCH -> keep(latest, Names.TLS_CN_MATCH, sample, state, 3);
            case NETBLOCK_DRIFT -> keep(latest, Names.NETBLOCK_DRIFT, sample, state, 3);
            case SPF_LOOKUPS,
                SPF_VOID_LOOKUPS,
                SPF_NETBLOCKS,
                DKIM_KEY_BITS,
                DMARC_POLICY,
                MX_MATCHES_PROFILE -> {}
          }
        }
      }
    }
    for (var name :
        new Names[] {
          Names.TLS_LEVEL, Names.TLS_NOT_AFTER, Names.TLS_CN_MATCH, Names.NETBLOCK_DRIFT
        }) {
      out.family(name);
      latest.forEach(
          (series, seen) -> {
            if (series.name() == name) {
              if (series.labels() == 2) {
                out.sample(name, seen.value(), series.first(), series.second());
              } else {
                out.sample(name, seen.value(), series.first(), series.second(), series.third());
              }
            }
          });
    }
  }

  private record Series(Names name, String first, String second, String third, int labels) {}

  private record Seen(Instant at, double value) {}

  private static void keep(
      Map<Series, Seen> latest, Names name, Sample sample, DomainState state, int labels) {
    latest.merge(
        new Series(name, sample.first(), sample.second(), sample.third(), labels),
        new Seen(state.checkedAt(), sample.value()),
        (old, fresh) -> fresh.at().isBefore(old.at()) ? old : fresh);
  }

  private static String name(DomainState state) {
    return state.domain().name().toString();
  }

  private static String tenant(DomainState state) {
    return state.domain().tenant().id();
  }

  private static double seconds(Instant instant) {
    return instant.toEpochMilli() / 1e3;
  }
}

package maildrift.monitor.metrics;

import java.time.Instant;
import maildrift.monitor.config.MetricsConfig.Detail;
import maildrift.monitor.state.ProbeState;
import maildrift.monitor.state.Sample;
import maildrift.probes.Severity;
import maildrift.probes.Verdict;

/** Writes the series of domains, hosts and netblock sources from the states as they are now. */
final class DomainSeries {
  private static final Verdict[] VERDICTS = Verdict.values();
  private static final Severity[] SEVERITIES = Severity.values();
  private static final Names[] SHARED = {
    Names.TLS_LEVEL, Names.TLS_NOT_AFTER, Names.TLS_CN_MATCH, Names.NETBLOCK_DRIFT
  };

  /** The place of a series' first own label, after the domain and the tenant. */
  private static final int OWN = 2;

  private final Exposition out;
  private final Rows.Snapshot seen;
  private final Detail detail;

  DomainSeries(Exposition out, Rows.Snapshot seen, Detail detail) {
    this.out = out;
    this.seen = seen;
    this.detail = detail;
  }

  void write() {
    verdicts();
    findings();
    violated();
    probes();
    ofDomains(Names.SPF_LOOKUPS, Sample.Kind.SPF_LOOKUPS, false);
    if (!isSparse()) {
      ofDomains(Names.SPF_VOID_LOOKUPS, Sample.Kind.SPF_VOID_LOOKUPS, false);
      ofDomains(Names.SPF_NETBLOCKS, Sample.Kind.SPF_NETBLOCKS, false);
      ofDomains(Names.DKIM_KEY_BITS, Sample.Kind.DKIM_KEY_BITS, true);
    }
    ofDomains(Names.DMARC_POLICY, Sample.Kind.DMARC_POLICY, true);
    ofDomains(Names.MX_MATCHES_PROFILE, Sample.Kind.MX_MATCHES_PROFILE, false);
    changes();
    if (!isSparse()) {
      hosts();
    }
    shared();
  }

  private boolean isSparse() {
    return detail == Detail.SPARSE;
  }

  private void verdicts() {
    if (!out.family(Names.DOMAIN_VERDICT)) {
      return;
    }
    for (var row : seen.rows()) {
      for (var verdict : VERDICTS) {
        var isPresent = verdict == row.verdict;
        if ((detail == Detail.FULL || isPresent) && out.begin(Names.DOMAIN_VERDICT, row.labels)) {
          out.label(Names.DOMAIN_VERDICT, OWN, verdict.word()).end(isPresent ? 1 : 0);
        }
      }
    }
  }

  private void findings() {
    if (!out.family(Names.FINDINGS)) {
      return;
    }
    for (var row : seen.rows()) {
      for (var severity : SEVERITIES) {
        var count = row.findings[severity.compareTo(Severity.INFO)];
        var isWorthIt = count > 0 && severity != Severity.INFO;
        if ((isWorthIt || !isSparse()) && out.begin(Names.FINDINGS, row.labels)) {
          out.label(Names.FINDINGS, OWN, severity.word()).end(count);
        }
      }
    }
  }

  private void violated() {
    if (!out.family(Names.RULE_VIOLATED)) {
      return;
    }
    for (var row : seen.rows()) {
      for (var finding : row.violated) {
        // Nearly every domain has some that are only worth knowing.
        if (isSparse() && finding.severity() == Severity.INFO) {
          continue;
        }
        if (out.begin(Names.RULE_VIOLATED, row.labels)) {
          out.label(Names.RULE_VIOLATED, OWN, finding.rule())
              .label(Names.RULE_VIOLATED, OWN + 1, finding.severity().word())
              .label(Names.RULE_VIOLATED, OWN + 2, finding.subject())
              .end(1);
        }
      }
    }
  }

  private void probes() {
    if (out.family(Names.PROBE_OBSERVED)) {
      for (var row : seen.rows()) {
        for (var probe : probes(row)) {
          if (out.begin(Names.PROBE_OBSERVED, row.labels)) {
            out.label(Names.PROBE_OBSERVED, OWN, probe.probe()).end(probe.observed() ? 1 : 0);
          }
        }
      }
    }
    if (out.family(Names.PROBE_LAST_OBSERVED)) {
      for (var row : seen.rows()) {
        for (var probe : probes(row)) {
          if (!probe.observedAt().equals(Instant.EPOCH)
              && out.begin(Names.PROBE_LAST_OBSERVED, row.labels)) {
            out.label(Names.PROBE_LAST_OBSERVED, OWN, probe.probe())
                .endMillis(probe.observedAt().toEpochMilli());
          }
        }
      }
    }
  }

  /**
   * Two series for each probe are most of what a domain has, and nearly all say that it is well.
   */
  private ProbeState[] probes(Row row) {
    return isSparse() ? row.blind : row.probes;
  }

  /** What is said of all domains together. */
  void writeFleet() {
    if (out.family(Names.PROBE_DOMAINS)) {
      seen.probes().forEach((probe, count) -> of(Names.PROBE_DOMAINS, probe, count.domains()));
    }
    if (out.family(Names.PROBE_DOMAINS_OBSERVED)) {
      seen.probes()
          .forEach((probe, count) -> of(Names.PROBE_DOMAINS_OBSERVED, probe, count.observed()));
    }
  }

  private void of(Names name, String probe, int domains) {
    out.beginAnyhow(name, Labels.opened(name, probe));
    out.end(domains);
  }

  private void ofDomains(Names name, Sample.Kind kind, boolean labelled) {
    if (!out.family(name)) {
      return;
    }
    for (var row : seen.rows()) {
      for (var sample : row.samples) {
        if (sample.kind() == kind && out.begin(name, row.labels)) {
          if (labelled) {
            out.label(name, OWN, sample.first());
          }
          out.end(sample.value());
        }
      }
    }
  }

  private void changes() {
    if (!out.family(Names.RECORD_CHANGED)) {
      return;
    }
    for (var row : seen.rows()) {
      for (var changed : row.changed) {
        if (out.begin(Names.RECORD_CHANGED, row.labels)) {
          out.label(Names.RECORD_CHANGED, OWN, changed.record()).endMillis(changed.millis());
        }
      }
    }
  }

  /** By them a dashboard finds a domain's hosts among those of all. */
  private void hosts() {
    if (!out.family(Names.DOMAIN_HOST_INFO)) {
      return;
    }
    for (var row : seen.rows()) {
      for (var sample : row.shared) {
        // Every host that was reached has one, and one only.
        if (sample.kind() == Sample.Kind.TLS_LEVEL
            && out.begin(Names.DOMAIN_HOST_INFO, row.labels)) {
          out.label(Names.DOMAIN_HOST_INFO, OWN, sample.first())
              .label(Names.DOMAIN_HOST_INFO, OWN + 1, sample.second())
              .end(1);
        }
      }
    }
  }

  private void shared() {
    for (var name : SHARED) {
      if (!out.family(name)) {
        continue;
      }
      for (var i = 0; i < seen.values().length; i++) {
        var series = seen.shared().get(i);
        if (series.name == name && out.begin(name, series.labels)) {
          out.end(seen.values()[i]);
        }
      }
    }
  }
}

package maildrift.monitor.metrics;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Map;
import java.util.stream.Stream;
import maildrift.monitor.state.DomainState;
import maildrift.monitor.state.FindingState;
import maildrift.monitor.state.ProbeState;
import maildrift.monitor.state.Sample;
import maildrift.probes.Finding;
import maildrift.probes.Severity;
import maildrift.probes.Verdict;
import maildrift.probes.domain.ManagedDomain;

/**
 * A domain's state as scrapes write it: sorted out once for all scrapes until there is another
 * state.
 */
final class Row {
  private static final FindingState[] NO_FINDINGS = {};
  private static final Sample[] NO_SAMPLES = {};
  private static final Changed[] UNCHANGED = {};
  private static final Sight NOTHING = new Sight(Sight.Key.of());

  final DomainState state;

  /** Domain and tenant, up to the closing brace. */
  final byte[] labels;

  final Verdict verdict;
  final int[] findings;
  final FindingState[] violated;
  final ProbeState[] probes;

  /** Those that did not observe all. */
  final ProbeState[] blind;

  /** Those of the domain itself, in the order of their kinds. */
  final Sample[] samples;

  /** Those of hosts and sources that it shares with other domains. */
  final Sample[] shared;

  final Changed[] changed;

  /** Filled by {@link Rows}. */
  Sight sight = NOTHING;

  /** Where the shared ones are kept, in the same order; filled by {@link Rows}. */
  final SharedSeries[] cells;

  /** A record and when it was last seen to change. */
  record Changed(String record, long millis) {}

  private Row(DomainState state, byte[] labels) {
    this.state = state;
    this.labels = labels;
    verdict = state.verdict();
    probes = state.probes().values().toArray(ProbeState[]::new);
    blind = Stream.of(probes).filter(probe -> !probe.observed()).toArray(ProbeState[]::new);
    findings = new int[Severity.values().length];
    var all = new ArrayList<FindingState>();
    // Two findings may share rule and subject only by mistake; a scrape must not fail for it.
    var once = new HashSet<Finding.Key>();
    for (var finding : state.findings()) {
      if (!finding.waived()) {
        findings[finding.severity().compareTo(Severity.INFO)]++;
        if (once.add(finding.key())) {
          all.add(finding);
        }
      }
    }
    violated = all.isEmpty() ? NO_FINDINGS : all.toArray(FindingState[]::new);
    var own = new ArrayList<Sample>();
    var others = new ArrayList<Sample>();
    for (var probe : probes) {
      for (var sample : probe.samples()) {
        (SharedSeries.isShared(sample.kind()) ? others : own).add(sample);
      }
    }
    own.sort(Comparator.comparing(Sample::kind));
    samples = own.isEmpty() ? NO_SAMPLES : own.toArray(Sample[]::new);
    shared = others.isEmpty() ? NO_SAMPLES : others.toArray(Sample[]::new);
    cells = new SharedSeries[shared.length];
    changed =
        state.recordsChanged().isEmpty()
            ? UNCHANGED
            : state.recordsChanged().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(entry -> new Changed(entry.getKey(), entry.getValue().toEpochMilli()))
                .toArray(Changed[]::new);
  }

  static Row of(DomainState state) {
    return new Row(state, labels(state.domain()));
  }

  /** That of a later state. */
  @SuppressWarnings("ReferenceEquality") // to compare all that is declared costs more than labels
  Row after(DomainState next) {
    return new Row(next, next.domain() == state.domain() ? labels : labels(next.domain()));
  }

  String name() {
    return state.domain().name().toString();
  }

  private static byte[] labels(ManagedDomain domain) {
    return Labels.opened(Names.DOMAIN_VERDICT, domain.name().toString(), domain.tenant().id());
  }
}

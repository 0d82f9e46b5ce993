package maildrift.monitor.digest;

import java.time.Instant;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maildrift.alerts.Labels;
import maildrift.monitor.state.DomainState;
import maildrift.monitor.state.FindingState;
import maildrift.monitor.state.ProbeState;
import maildrift.monitor.store.Change;
import maildrift.monitor.store.Episode;
import maildrift.probes.Outcome;
import maildrift.probes.Severity;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Tenant;
import maildrift.probes.domain.Waiver;

/** Domains and what happened to them, for the tests of digests. */
final class Fixtures {
  static final Instant NOW = Instant.parse("2026-11-30T06:00:00Z");
  static final Instant FROM = Instant.parse("2026-11-23T06:00:00Z");
  static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
  static final Tenant CONTOSO = new Tenant("contoso", "Contoso AG", Map.of());

  private Fixtures() {}

  static ManagedDomain domain(String name, Waiver... waivers) {
    return new ManagedDomain(
        DnsName.of(name),
        CONTOSO,
        List.of(),
        List.of(),
        Optional.empty(),
        List.of(),
        List.of(),
        Optional.empty(),
        List.of(),
        Optional.empty(),
        java.util.Set.of(),
        List.of(waivers),
        Map.of());
  }

  static DomainState state(ManagedDomain domain, ProbeState... probes) {
    var byName = new LinkedHashMap<String, ProbeState>();
    for (var probe : probes) {
      byName.put(probe.probe(), probe);
    }
    return new DomainState(domain, NOW, byName, List.of(), Map.of());
  }

  static ProbeState probe(String name, String facts, FindingState... findings) {
    return new ProbeState(
        name,
        Outcome.OBSERVED,
        0.1,
        NOW,
        Instant.EPOCH,
        facts,
        "[]",
        List.of(findings),
        List.of(),
        List.of());
  }

  static ProbeState unseen(String name, String what, String why) {
    return new ProbeState(
        name,
        Outcome.UNOBSERVABLE,
        0.1,
        Instant.EPOCH,
        NOW.minusSeconds(86_400),
        "{}",
        "[{\"unseen\":\"%s\",\"why\":\"%s\"}]".formatted(what, why),
        List.of(),
        List.of(),
        List.of());
  }

  static FindingState finding(String rule, Severity severity, String message) {
    return new FindingState(
        rule, severity, "subject", false, "{\"message\":\"%s\"}".formatted(message));
  }

  static Episode episode(String domain, String rule, Instant start, Optional<Instant> end) {
    return new Episode(
        rule + domain,
        start,
        end,
        Labels.of(
            Map.of(
                "alertname", rule,
                "domain", domain,
                "tenant", "contoso",
                "severity", "critical",
                "subject", "de._netblocks.mimecast.test",
                "cause", "de._netblocks.mimecast.test TXT")),
        "192.0.2.0/24 is published but not allowed",
        end.isPresent() ? "seen again" : "");
  }

  static Change change(String domain, String record, String old, String now) {
    return new Change(
        NOW.minusSeconds(3_600),
        domain,
        "contoso",
        record,
        Optional.of(old).filter(text -> !text.isEmpty()),
        Optional.of(now).filter(text -> !text.isEmpty()),
        "record");
  }

  static Material material(List<DomainState> states) {
    return new Material(
        CONTOSO,
        FROM,
        NOW,
        BERLIN,
        states,
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        Figures.NONE,
        "https://maildrift.test");
  }

  static Material material(
      List<DomainState> states, List<Episode> episodes, List<Change> changes, Figures before) {
    return new Material(
        CONTOSO,
        FROM,
        NOW,
        BERLIN,
        states,
        episodes,
        changes,
        List.of(),
        List.of(),
        before,
        "https://maildrift.test");
  }
}

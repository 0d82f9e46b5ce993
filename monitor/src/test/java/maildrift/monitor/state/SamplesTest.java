package maildrift.monitor.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maildrift.monitor.wiring.Daemon;
import maildrift.probes.Gap;
import maildrift.probes.Judgement;
import maildrift.probes.Outcome;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.server.Fault;
import maildrift.probes.domain.ManagedDomain;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A look that failed does not make a number vanish; one that saw does. */
class SamplesTest {
  private static final ManagedDomain DOMAIN = ManagedDomain.undeclared(DnsName.of("contoso.test"));

  @TempDir Path folder;

  @Test
  void aHostThatDoesNotAnswerKeepsItsNumbersAndAnotherDoesNot() {
    var before =
        List.of(
            new Sample(Sample.Kind.TLS_LEVEL, "mx1.contoso.test", "25", "", 4),
            new Sample(Sample.Kind.TLS_LEVEL, "mx2.contoso.test", "25", "", 4),
            new Sample(Sample.Kind.TLS_LEVEL, "mx3.contoso.test", "25", "", 4));
    var look =
        new Judgement.Builder()
            .fact("hosts", List.of(host("mx1.contoso.test", "encrypt")))
            .add(
                Gap.of("tls", "mx2.contoso.test:25", "timeout", "tls.")
                    .subject("mx2.contoso.test:25"))
            .build(Outcome.OBSERVED);

    // mx3 is no longer among the MX records, and those were seen.
    assertThat(Samples.after("tls", look, DOMAIN, before))
        .containsExactlyInAnyOrder(
            new Sample(Sample.Kind.TLS_LEVEL, "mx1.contoso.test", "25", "", 2),
            new Sample(Sample.Kind.TLS_LEVEL, "mx2.contoso.test", "25", "", 4));
  }

  @Test
  void ofSeveralAddressesTheWorstCounts() {
    var samples =
        Samples.of(
            "tls",
            Map.of(
                "hosts",
                List.of(
                    address("verify", "2027-03-01T00:00:00Z", true),
                    address("may", "2026-12-01T00:00:00Z", false),
                    address("secure", "2027-06-01T00:00:00Z", true))));

    assertThat(samples)
        .containsExactlyInAnyOrder(
            new Sample(Sample.Kind.TLS_LEVEL, "mx1.contoso.test", "25", "", 1),
            new Sample(
                Sample.Kind.TLS_NOT_AFTER,
                "mx1.contoso.test",
                "25",
                "",
                Instant.parse("2026-12-01T00:00:00Z").getEpochSecond()),
            new Sample(Sample.Kind.TLS_CN_MATCH, "mx1.contoso.test", "25", "mx1.contoso.test", 0));
  }

  @Test
  void whileOneAddressIsNotSeenAHostLooksNoBetterThanBefore() {
    var before = List.of(new Sample(Sample.Kind.TLS_LEVEL, "mx1.contoso.test", "25", "", 1));
    var look =
        new Judgement.Builder()
            .fact("hosts", List.of(host("mx1.contoso.test", "verify")))
            .add(
                Gap.of("tls", "mx1.contoso.test:25", "192.0.2.2: timeout", "tls.")
                    .subject("mx1.contoso.test:25"))
            .build(Outcome.OBSERVED);

    assertThat(Samples.after("tls", look, DOMAIN, before)).isEqualTo(before);
  }

  private static Map<String, Object> address(String level, String notAfter, boolean cnMatch) {
    var host = new LinkedHashMap<>(host("mx1.contoso.test", level));
    host.put("notAfter", notAfter);
    host.put("cnMatch", cnMatch);
    return host;
  }

  @Test
  void whileTheMxRecordsCannotBeSeenEveryHostKeepsItsNumbers() {
    var before = List.of(new Sample(Sample.Kind.TLS_LEVEL, "mx1.contoso.test", "25", "", 4));
    var look =
        new Judgement.Builder()
            .fact("hosts", List.of())
            .add(Gap.of("tls", "contoso.test MX", "SERVFAIL", "tls."))
            .build(Outcome.UNOBSERVABLE);

    assertThat(Samples.after("tls", look, DOMAIN, before)).isEqualTo(before);
  }

  @Test
  void thePolicyInForceIsReplacedAndNeverShownTwice() {
    var before = List.of(new Sample(Sample.Kind.DMARC_POLICY, "none", "", "", 1));
    var look =
        new Judgement.Builder()
            .fact("effectivePolicy", "reject")
            .add(Gap.of("dmarc", "contoso.test A", "timeout", "dmarc.policy"))
            .build(Outcome.OBSERVED);

    assertThat(Samples.after("dmarc", look, DOMAIN, before))
        .containsExactly(new Sample(Sample.Kind.DMARC_POLICY, "reject", "", "", 1));
  }

  @Test
  void partOfAnSpfTreeGivesNoNumberOfNetworks() {
    var look =
        new Judgement.Builder()
            .fact("lookups", 3)
            .fact("voidLookups", 0)
            .fact("complete", false)
            .fact("netblocks", List.of("192.0.2.0/24"))
            .add(
                Gap.of("spf", "gone.test TXT", "timeout", "spf.lookups", "spf.void")
                    .subject("contoso.test"))
            .build(Outcome.OBSERVED);

    assertThat(Samples.after("spf", look, DOMAIN, List.of())).isEmpty();
    assertThat(Samples.after("spf", look, DOMAIN, List.of(Sample.of(Sample.Kind.SPF_NETBLOCKS, 9))))
        .containsExactly(Sample.of(Sample.Kind.SPF_NETBLOCKS, 9));
  }

  @Test
  void seriesOutliveAFailureToLookAndEndWhenARecordIsSeenToBeGone() throws IOException {
    try (var world = new Daemon.World(folder).with("contoso.test")) {
      world.names.add(
          "contoso.test 0 TXT v=spf1 include:nets.test ip4:192.0.2.0/24 ~all",
          "nets.test 0 TXT v=spf1 ip4:198.51.100.0/24 ip4:203.0.113.0/24 ~all",
          "_dmarc.contoso.test 0 TXT v=DMARC1; p=quarantine",
          "one._domainkey.contoso.test 0 TXT v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
      var sections =
          new String[] {
            "allowlists: {gate: {networks: [198.51.100.0/24]}}",
            "profiles: {house: {netblocks: [nets.test]}}",
            "dns: {resolvers: [\"@DNS@\"], timeout: 1s}",
            "domains: [{name: contoso.test, profiles: [{name: house}], allowed_sending_servers: gate, dkim: [{selector: One}], skip: [tls, mtasts, records]}]"
          };
      try (var daemon = world.start(sections)) {
        var seen = numbers(daemon);
        assertThat(seen)
            .containsEntry("maildrift_spf_netblocks{domain=\"contoso.test\",tenant=\"\"}", "3")
            .containsEntry("maildrift_spf_lookups{domain=\"contoso.test\",tenant=\"\"}", "1")
            .containsEntry(
                "maildrift_dkim_key_bits{domain=\"contoso.test\",tenant=\"\",selector=\"one\"}",
                "256")
            .containsEntry(
                "maildrift_netblock_drift{source=\"nets.test\",allowlist=\"gate\",kind=\"missing\"}",
                "1")
            .containsEntry(
                "maildrift_netblock_drift{source=\"nets.test\",allowlist=\"gate\",kind=\"stale\"}",
                "0");

        world.names.fault("nets.test", Fault.SERVFAIL);
        assertThat(numbers(daemon.look("contoso.test"))).isEqualTo(seen);
        world.names.faults(Fault.SERVFAIL);
        assertThat(numbers(daemon.look("contoso.test"))).isEqualTo(seen);
        var state = daemon.app().domain("contoso.test").orElseThrow();
        // What the store keeps for a restart in the middle of it.
        assertThat(DomainState.restore(state.domain(), state.content()).probes())
            .isEqualTo(state.probes());

        world.names.heal();
        world.names.remove("one._domainkey.contoso.test", "TXT");
        world.names.set("nets.test 0 TXT v=spf1 ip4:198.51.100.0/24 ~all");
        seen.remove(
            "maildrift_dkim_key_bits{domain=\"contoso.test\",tenant=\"\",selector=\"one\"}");
        seen.put(
            "maildrift_netblock_drift{source=\"nets.test\",allowlist=\"gate\",kind=\"missing\"}",
            "0");
        seen.put("maildrift_spf_netblocks{domain=\"contoso.test\",tenant=\"\"}", "2");

        assertThat(numbers(daemon.look("contoso.test"))).isEqualTo(seen);
      }
    }
  }

  private static Map<String, String> numbers(Daemon daemon) {
    var numbers = new LinkedHashMap<String, String>();
    daemon
        .get("/metrics")
        .body()
        .lines()
        .filter(
            line ->
                line.startsWith("maildrift_spf_")
                    || line.startsWith("maildrift_dkim_")
                    || line.startsWith("maildrift_dmarc_")
                    || line.startsWith("maildrift_mx_")
                    || line.startsWith("maildrift_netblock_"))
        .forEach(
            line ->
                numbers.put(
                    line.substring(0, line.lastIndexOf(' ')),
                    line.substring(line.lastIndexOf(' ') + 1)));
    return numbers;
  }

  private static Map<String, Object> host(String name, String level) {
    return Map.of("host", name, "port", 25, "outcome", "observed", "level", level);
  }
}

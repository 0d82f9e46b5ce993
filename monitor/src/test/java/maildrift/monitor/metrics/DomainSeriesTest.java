package maildrift.monitor.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maildrift.monitor.config.MetricsConfig.Detail;
import maildrift.monitor.state.DomainState;
import maildrift.monitor.state.FindingState;
import maildrift.monitor.state.ProbeState;
import maildrift.monitor.state.Sample;
import maildrift.probes.Outcome;
import maildrift.probes.Severity;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.ManagedDomain;
import org.junit.jupiter.api.Test;

class DomainSeriesTest {
  private static final Instant NOW = Instant.parse("2026-11-21T17:00:00Z");

  private static DomainState state(
      String name, Instant at, List<FindingState> findings, Sample... samples) {
    var probes = new LinkedHashMap<String, ProbeState>();
    probes.put(
        "tls",
        new ProbeState(
            "tls",
            Outcome.OBSERVED,
            0.1,
            at,
            Instant.EPOCH,
            "{}",
            "[]",
            findings,
            List.of(samples),
            List.of()));
    return new DomainState(
        ManagedDomain.undeclared(DnsName.of(name)), at, probes, List.of(), Map.of("a.test MX", at));
  }

  private static FindingState finding(String rule, String subject, boolean waived) {
    return new FindingState(rule, Severity.CRITICAL, subject, waived, "{}");
  }

  private static String written(Detail detail, DomainState... states) {
    return Written.by(
        sink -> {
          var out = new Exposition(sink, Asked.ALL, 10_000);
          new DomainSeries(out, new Rows().snapshot(List.of(states)), detail).write();
          out.flush();
        });
  }

  private static List<String> lines(String text, String series) {
    return text.lines().filter(line -> line.startsWith(series + "{")).toList();
  }

  @Test
  void theVerdictIsAStateSetAndAloneWhereItIsToBeLean() {
    var state = state("a.test", NOW, List.of(finding("mx.missing", "mx.a.test", false)));

    assertThat(lines(written(Detail.FULL, state), "maildrift_domain_verdict"))
        .containsExactlyInAnyOrder(
            "maildrift_domain_verdict{domain=\"a.test\",tenant=\"\",verdict=\"pass\"} 0",
            "maildrift_domain_verdict{domain=\"a.test\",tenant=\"\",verdict=\"warn\"} 0",
            "maildrift_domain_verdict{domain=\"a.test\",tenant=\"\",verdict=\"fail\"} 1",
            "maildrift_domain_verdict{domain=\"a.test\",tenant=\"\",verdict=\"unknown\"} 0");
    assertThat(lines(written(Detail.LEAN, state), "maildrift_domain_verdict"))
        .containsExactly(
            "maildrift_domain_verdict{domain=\"a.test\",tenant=\"\",verdict=\"fail\"} 1");
  }

  @Test
  void sparseSaysOfWhatIsWellTheVerdictAndLittleMore() {
    var worthKnowing = new FindingState("caa.present", Severity.INFO, "a.test", false, "{}");
    var healthy = state("a.test", NOW, List.of(worthKnowing), of(Sample.Kind.SPF_VOID_LOOKUPS, 0));
    var unseen =
        new DomainState(
            ManagedDomain.undeclared(DnsName.of("b.test")),
            NOW,
            new LinkedHashMap<>(
                Map.of(
                    "tls",
                    new ProbeState(
                        "tls",
                        Outcome.UNOBSERVABLE,
                        0.1,
                        NOW,
                        NOW,
                        "{}",
                        "[]",
                        List.of(finding("tls.level", "mx.b.test", false)),
                        List.of(),
                        List.of()))),
            List.of(),
            Map.of());

    var sparse = written(Detail.SPARSE, healthy, unseen);

    assertThat(sparse.lines().filter(line -> line.contains("\"a.test\"")))
        .containsExactly(
            "maildrift_domain_verdict{domain=\"a.test\",tenant=\"\",verdict=\"pass\"} 1",
            "maildrift_record_changed_timestamp_seconds{domain=\"a.test\",tenant=\"\",record=\"a.test MX\"} 1795280400");
    assertThat(sparse.lines().filter(line -> line.contains("\"b.test\"")))
        .containsExactly(
            "maildrift_domain_verdict{domain=\"b.test\",tenant=\"\",verdict=\"fail\"} 1",
            "maildrift_findings{domain=\"b.test\",tenant=\"\",severity=\"critical\"} 1",
            "maildrift_rule_violated{domain=\"b.test\",tenant=\"\",rule=\"tls.level\",severity=\"critical\",subject=\"mx.b.test\"} 1",
            "maildrift_probe_observed{domain=\"b.test\",tenant=\"\",probe=\"tls\"} 0",
            "maildrift_probe_last_observed_timestamp_seconds{domain=\"b.test\",tenant=\"\",probe=\"tls\"} 1795280400");
    assertThat(written(Detail.FULL, healthy))
        .contains("maildrift_spf_void_lookups{", "rule=\"caa.present\"");
    try (var metrics = new Metrics("test")) {
      assertThat(Written.by(metrics, List.of(healthy, unseen), false, 10).lines())
          .contains(
              "maildrift_probe_domains{probe=\"tls\"} 2",
              "maildrift_probe_domains_observed{probe=\"tls\"} 1");
    }
  }

  private static Sample of(Sample.Kind kind, double value) {
    return new Sample(kind, "", "", "", value);
  }

  @Test
  void whatIsWaivedDoesNotCountAndWhatIsThereTwiceIsWrittenOnce() {
    var text =
        written(
            Detail.FULL,
            state(
                "a.test",
                NOW,
                List.of(
                    finding("mx.missing", "mx.a.test", false),
                    finding("mx.missing", "mx.a.test", false),
                    finding("mx.extra", "mx.b.test", true))));

    assertThat(lines(text, "maildrift_rule_violated"))
        .containsExactly(
            "maildrift_rule_violated{domain=\"a.test\",tenant=\"\",rule=\"mx.missing\",severity=\"critical\",subject=\"mx.a.test\"} 1");
    assertThat(text)
        .contains("maildrift_findings{domain=\"a.test\",tenant=\"\",severity=\"info\"} 0");
  }

  @Test
  void ofAHostThatDomainsShareTheLatestLookCountsOnce() {
    var older = new Sample(Sample.Kind.TLS_LEVEL, "mx.test", "25", "", 2);
    var newer = new Sample(Sample.Kind.TLS_LEVEL, "mx.test", "25", "", 4);

    for (var text :
        List.of(
            written(
                Detail.FULL,
                state("a.test", NOW, List.of(), older),
                state("b.test", NOW.plusSeconds(9), List.of(), newer)),
            written(
                Detail.FULL,
                state("a.test", NOW.plusSeconds(9), List.of(), newer),
                state("b.test", NOW, List.of(), older)))) {
      assertThat(lines(text, "maildrift_tls_level"))
          .containsExactly("maildrift_tls_level{host=\"mx.test\",port=\"25\"} 4");
    }
  }

  @Test
  void eachDomainNamesItsHosts() {
    var text =
        written(
            Detail.FULL,
            state(
                "a.test",
                NOW,
                List.of(),
                new Sample(Sample.Kind.TLS_LEVEL, "mx.test", "25", "", 2),
                new Sample(Sample.Kind.TLS_NOT_AFTER, "mx.test", "25", "", 2e9)),
            state(
                "b.test",
                NOW,
                List.of(),
                new Sample(Sample.Kind.TLS_LEVEL, "mx.test", "25", "", 2)),
            state("c.test", NOW, List.of()));

    assertThat(lines(text, "maildrift_domain_host_info"))
        .containsExactly(
            "maildrift_domain_host_info{domain=\"a.test\",tenant=\"\",host=\"mx.test\",port=\"25\"} 1",
            "maildrift_domain_host_info{domain=\"b.test\",tenant=\"\",host=\"mx.test\",port=\"25\"} 1");
  }

  @Test
  void everyFamilyIsWrittenTogetherAndOnce() {
    var text =
        written(
            Detail.FULL,
            state("a.test", NOW, List.of(), new Sample(Sample.Kind.SPF_LOOKUPS, "", "", "", 1)),
            state("b.test", NOW, List.of()));
    var seen = new java.util.ArrayList<String>();
    text.lines()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.substring(0, line.indexOf('{')))
        .filter(name -> seen.isEmpty() || !seen.getLast().equals(name))
        .forEach(seen::add);

    assertThat(seen).doesNotHaveDuplicates();
    assertThat(text.lines().filter(line -> line.startsWith("# TYPE"))).doesNotHaveDuplicates();
  }

  @Test
  void aHostileSubjectStaysInItsLabel() {
    var text =
        written(
            Detail.FULL, state("a.test", NOW, List.of(finding("tls.level", "\"} 9\nup 1", false))));

    assertThat(lines(text, "maildrift_rule_violated")).singleElement().asString().endsWith("} 1");
    assertThat(text.lines()).noneMatch(line -> line.startsWith("up"));
  }

  @Test
  void aScrapeOverTheCapSaysHowMuchItLeftOut() {
    try (var metrics = new Metrics("1")) {
      var states = List.of(state("a.test", NOW, List.of()), state("b.test", NOW, List.of()));
      var all =
          Written.by(metrics, states, false, 10_000)
              .lines()
              .filter(line -> line.contains("domain=\""))
              .count();
      var capped = Written.by(metrics, states, false, 5);

      assertThat(capped.lines().filter(line -> line.contains("domain=\""))).hasSize(5);
      assertThat(capped).contains("\nmaildrift_series_dropped_total " + (all - 5) + ".0\n");
    }
  }

  @Test
  void onlyOpenMetricsEndsWithItsMarkAndNeitherCarriesExemplars() {
    try (var metrics = new Metrics("1")) {
      metrics.took("spf", Duration.ofMillis(3));
      var states = List.of(state("a.test", NOW, List.of()));
      var open = Written.by(metrics, states, true, 100);
      var text = Written.by(metrics, states, false, 100);
      var probed =
          new String(
              Metrics.probe(states.getFirst(), true, Duration.ofMillis(250), true),
              StandardCharsets.UTF_8);

      assertThat(open).endsWith("\n# EOF\n").containsOnlyOnce("# EOF").doesNotContain(" # {");
      assertThat(text).doesNotContain("# EOF").doesNotContain(" # {").endsWith("\n");
      assertThat(probed)
          .endsWith("\n# EOF\n")
          .containsOnlyOnce("# EOF")
          .contains("\nprobe_success 1\n", "\nprobe_duration_seconds 0.25\n");
    }
  }
}

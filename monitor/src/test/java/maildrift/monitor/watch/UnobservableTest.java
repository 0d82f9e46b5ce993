package maildrift.monitor.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import maildrift.monitor.check.CheckResult;
import maildrift.monitor.check.ProbeResult;
import maildrift.monitor.state.DomainState;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.Judgement;
import maildrift.probes.Outcome;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.ManagedDomain;
import org.junit.jupiter.api.Test;

class UnobservableTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final Duration AFTER = Duration.ofHours(6);

  private static List<Finding> findings(String name, Gap gap, Watch.Resolvers resolvers) {
    var domain = ManagedDomain.undeclared(DnsName.of(name));
    var look =
        new CheckResult(
            domain,
            NOW,
            List.of(
                new ProbeResult(
                    gap.probe(),
                    Duration.ZERO,
                    new Judgement.Builder().add(gap).build(Outcome.UNOBSERVABLE))),
            List.of());
    var before =
        DomainState.unseen(domain)
            .after(
                new CheckResult(domain, NOW.minus(AFTER), look.probes(), List.of()),
                List.of(),
                _ -> true,
                Map.of());
    return Unobservable.findings(
        before.after(look, List.of(), _ -> true, Map.of()), look, NOW, AFTER, resolvers, Map.of());
  }

  private static Set<String> causes(int domains, String unseen, String why) {
    return IntStream.range(0, domains)
        .mapToObj(number -> "d%d.test".formatted(number))
        .flatMap(
            name ->
                findings(
                    name,
                    Gap.of("spf", unseen.replace("@", name), why.replace("@", name), "spf."),
                    () -> false)
                    .stream())
        .map(Finding::cause)
        .collect(Collectors.toSet());
  }

  @Test
  void domainsWhoseQuestionsComeToTheSameEndHaveOneCause() {
    assertThat(causes(1000, "@ TXT", "SERVFAIL")).containsExactly("unanswered: SERVFAIL");
  }

  @Test
  void aHostThatManyShareIsTheirCause() {
    assertThat(causes(1000, "mx.provider.test:25", "timed out"))
        .containsExactly("mx.provider.test:25");
  }

  @Test
  void whatNamesTheDomainItselfIsItsOwnCause() {
    assertThat(causes(2, "@ TXT", "SERVFAIL: no server of @ answers"))
        .containsExactlyInAnyOrder("d0.test TXT", "d1.test TXT");
  }

  @Test
  void aGapWhoseReasonIsToldAsOursIsNoAlertOfADomain() {
    var gap = Gap.of("tls", "mx.provider.test:25", "timed out", "tls.");

    assertThat(
            findings(
                "contoso.test",
                gap,
                new Watch.Resolvers() {
                  @Override
                  public boolean unusable() {
                    return false;
                  }

                  @Override
                  public boolean isTold(Gap told) {
                    return told.equals(gap);
                  }
                }))
        .isEmpty();
    assertThat(findings("contoso.test", gap, () -> false)).hasSize(1);
    assertThat(findings("contoso.test", gap, () -> true)).isEmpty();
  }
}

package maildrift.monitor.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import maildrift.monitor.check.CheckResult;
import maildrift.monitor.check.ProbeResult;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.Judgement;
import maildrift.probes.Outcome;
import maildrift.probes.Rule;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Question;
import maildrift.probes.dns.RecordType;
import maildrift.probes.domain.ManagedDomain;
import org.junit.jupiter.api.Test;

class OwnServersTest {
  private static final ManagedDomain CONTOSO = ManagedDomain.undeclared(DnsName.of("contoso.test"));
  private static final Question OWN = new Question(CONTOSO.name(), RecordType.TXT);
  private static final Question FOREIGN =
      new Question(DnsName.of("_spf.provider.test"), RecordType.TXT);
  private static final Rule GONE = Rule.critical("spf.present", "gone");
  private static final Finding FOUND = Finding.of(GONE, "contoso.test", "there is none");
  private static final Map<String, String> PROBES = Map.of("spf.present", "spf");

  private static CheckResult look(
      List<Finding> findings, Set<Question> secondHand, OptionalLong mark, Question... asked) {
    var judgement = new Judgement.Builder().build(Outcome.OBSERVED);
    return new CheckResult(
        CONTOSO,
        Instant.EPOCH,
        List.of(new ProbeResult("spf", Duration.ZERO, judgement, mark, List.of(asked), false)),
        findings,
        List.of(),
        secondHand);
  }

  private static CheckResult resolvers(Finding... findings) {
    return look(List.of(findings), Set.of(), OptionalLong.of(1), OWN);
  }

  private static List<Finding> said(CheckResult own, CheckResult resolvers) {
    return OwnServers.of(own)
        .over(resolvers, key -> Optional.ofNullable(PROBES.get(key.rule())))
        .findings();
  }

  @Test
  void whatTheySayCountsWhateverTheResolversSay() {
    var found = look(List.of(FOUND), Set.of(), OptionalLong.of(2), OWN);
    var clean = look(List.of(), Set.of(), OptionalLong.of(2), OWN);

    assertThat(said(found, resolvers())).containsExactly(FOUND);
    assertThat(said(clean, resolvers(FOUND))).isEmpty();
  }

  @Test
  void anotherZonesRecordMayComeFromTheResolvers() {
    assertThat(
            said(
                look(List.of(FOUND), Set.of(FOREIGN), OptionalLong.of(2), OWN, FOREIGN),
                resolvers()))
        .containsExactly(FOUND);
  }

  @Test
  void whatTheyHaveNotSaidThemselvesCountsForNothing() {
    assertThat(said(look(List.of(FOUND), Set.of(OWN), OptionalLong.of(2), OWN), resolvers()))
        .isEmpty();
    assertThat(said(look(List.of(FOUND), Set.of(), OptionalLong.of(2), FOREIGN), resolvers()))
        .isEmpty();
  }

  @Test
  void ofMailServersTheyKnowNothing() {
    assertThat(said(look(List.of(FOUND), Set.of(), OptionalLong.empty(), OWN), resolvers()))
        .isEmpty();
  }

  @Test
  void whatTheyCouldNotSeeStaysAsTheResolversSayIt() {
    var hidden =
        new CheckResult(
            CONTOSO,
            Instant.EPOCH,
            List.of(
                new ProbeResult(
                    "spf",
                    Duration.ZERO,
                    new Judgement.Builder()
                        .add(Gap.of("spf", OWN.toString(), "SERVFAIL", GONE.id()))
                        .build(Outcome.UNOBSERVABLE),
                    OptionalLong.of(2),
                    List.of(OWN),
                    false)),
            List.of());

    assertThat(said(hidden, resolvers(FOUND))).containsExactly(FOUND);
  }
}

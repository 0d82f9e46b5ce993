package maildrift.monitor.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import maildrift.monitor.watch.WatchRules;
import maildrift.probes.Probe;
import maildrift.probes.ProbeCatalog;
import maildrift.probes.Rule;
import org.junit.jupiter.api.Test;

/** The table speaks of rules and probes that there are. */
class FrameworksTest {
  private final Frameworks frameworks = Frameworks.shipped();

  private Stream<Framework.Demand> demands() {
    return frameworks.all().stream().flatMap(framework -> framework.demands().stream());
  }

  @Test
  void everyFrameworkThatIsPromisedIsThere() {
    assertThat(frameworks.all())
        .extracting(Framework::id)
        .containsExactly(
            "internet.nl",
            "nist-800-177r1",
            "bsi-tr-03108",
            "bsi-tr-03182",
            "bod-18-01",
            "bulk-senders");
    assertThat(frameworks.all()).allSatisfy(it -> assertThat(it.source()).isNotBlank());
  }

  @Test
  void everyRuleOfADemandIsInTheCatalogue() {
    var known = WatchRules.all().stream().map(Rule::id).toList();

    assertThat(demands().flatMap(demand -> demand.rules().stream()).distinct())
        .filteredOn(
            rule ->
                known.stream()
                    .noneMatch(
                        id ->
                            rule.endsWith(".*")
                                ? id.startsWith(rule.substring(0, rule.length() - 1))
                                : id.equals(rule)))
        .isEmpty();
  }

  @Test
  void everyDemandCanBeAnsweredOrSaysWhyNot() {
    assertThat(demands())
        .allSatisfy(
            demand ->
                assertThat(
                        !demand.rules().isEmpty()
                            || !demand.facts().isEmpty()
                            || demand.invisible().isPresent())
                    .isTrue());
  }

  @Test
  void factsAreThoseOfProbesThatThereAre() {
    var probes = ProbeCatalog.all().stream().map(Probe::name).toList();

    assertThat(demands().flatMap(demand -> demand.facts().stream()))
        .allSatisfy(fact -> assertThat(probes).contains(fact.probe()));
    assertThat(demands().flatMap(demand -> demand.needs().stream()))
        .allSatisfy(need -> assertThat(probes).contains(need.probe()));
  }
}

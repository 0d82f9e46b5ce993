package maildrift.monitor.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.Stream;
import maildrift.monitor.checklist.Checklist;
import maildrift.monitor.checklist.See;
import maildrift.monitor.checklist.Step;
import maildrift.monitor.watch.WatchRules;
import maildrift.probes.Probe;
import maildrift.probes.ProbeCatalog;
import maildrift.probes.Rule;
import org.junit.jupiter.api.Test;

public class BuiltInChecklistsTest {

  private static Stream<Step> steps() {
    return BuiltInChecklists.catalog().all().stream().flatMap(list -> list.steps().stream());
  }

  @Test
  void theBuiltInOnesAreThere() {
    assertThat(BuiltInChecklists.catalog().names())
        .containsExactly(
            "seppmail-inline",
            "seppmail-behind-mimecast",
            "seppmail-multi-tenant",
            "mimecast-onboarding",
            "mail-connect");
  }

  @Test
  void everyRuleAndProbeThatTheyNameExists() {
    var rules = WatchRules.all().stream().map(Rule::id).collect(Collectors.toSet());
    var probes = ProbeCatalog.all().stream().map(Probe::name).collect(Collectors.toSet());

    assertThat(steps().flatMap(step -> step.see().rules().stream())).isSubsetOf(rules);
    assertThat(steps().flatMap(step -> step.see().facts().stream()).map(See.Fact::probe))
        .isSubsetOf(probes);
  }

  @Test
  void everyStepSaysWhatToDoAndWhy() {
    assertThat(steps())
        .allSatisfy(
            step -> {
              assertThat(step.why()).as(step.id()).isNotBlank();
              assertThat(step.how()).as(step.id()).isNotBlank();
              assertThat(step.statements()).as(step.id()).isNotEmpty();
            });
    assertThat(BuiltInChecklists.catalog().all())
        .extracting(Checklist::about)
        .allSatisfy(about -> assertThat(about).isNotBlank());
  }
}

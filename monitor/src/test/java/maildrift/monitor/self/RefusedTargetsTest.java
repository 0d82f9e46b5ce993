package maildrift.monitor.self;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import maildrift.alerts.Labels;
import maildrift.alerts.state.Problem;
import org.junit.jupiter.api.Test;

/** Somebody hears of listed domains that are not watched as their list says. */
class RefusedTargetsTest {
  private static final Instant NOW = Instant.parse("2026-11-29T02:00:00Z");

  private static ListSource cmdb(
      Optional<Instant> succeeded, Map<String, String> refused, Map<String, List<String>> tenants) {
    return new ListSource(
        "cmdb",
        NOW,
        succeeded,
        Optional.empty(),
        7,
        Duration.ofMinutes(1),
        new TreeMap<>(refused),
        new TreeMap<>(tenants),
        "");
  }

  private static List<Problem> problems(
      Map<String, String> refused, Map<String, List<String>> tenants) {
    return new RefusedTargets(() -> List.of(cmdb(Optional.of(NOW), refused, tenants)))
        .problems(NOW);
  }

  private static List<String> subjects(List<Problem> problems) {
    return problems.stream().map(problem -> problem.labels().get("subject")).toList();
  }

  @Test
  void aTenantIsToldOfOnceAndATargetForItself() {
    var problems =
        problems(
            Map.of("a b", "is not a domain's name"),
            Map.of("fabrikam", List.of("a.test", "b.test")));

    assertThat(subjects(problems)).containsExactly("cmdb: tenant fabrikam", "cmdb: a b");
    assertThat(problems.getFirst().annotations())
        .containsEntry(
            "summary", "cmdb: 2 of its domains name the tenant fabrikam, which is not declared")
        .hasEntrySatisfying("description", text -> assertThat(text).contains("a.test, b.test"))
        .hasEntrySatisfying("remedy", text -> assertThat(text).endsWith("\nfabrikam: {}"));
    assertThat(problems.getLast().annotations())
        .containsEntry("summary", "cmdb: a b is not taken up: is not a domain's name");
    assertThat(problems(Map.of(), Map.of())).isEmpty();
  }

  @Test
  void soManyAndNoMore() {
    var many =
        IntStream.range(0, 1_000)
            .boxed()
            .collect(Collectors.toMap(i -> "target " + i, _ -> "is not a domain's name"));

    assertThat(subjects(problems(many, Map.of()))).hasSize(21).last().isEqualTo("cmdb: more");
  }

  @Test
  void aRestartEndsNothingUntilAListIsBelieved() {
    var labels = Labels.of(Map.of("subject", "cmdb: tenant fabrikam"));

    assertThat(
            new RefusedTargets(() -> List.of(cmdb(Optional.empty(), Map.of(), Map.of())))
                .hides(labels, NOW))
        .isTrue();
    assertThat(
            new RefusedTargets(() -> List.of(cmdb(Optional.of(NOW), Map.of(), Map.of())))
                .hides(labels, NOW))
        .isFalse();
  }
}

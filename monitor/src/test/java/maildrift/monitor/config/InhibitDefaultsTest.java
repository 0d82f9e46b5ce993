package maildrift.monitor.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maildrift.alerts.Labels;
import maildrift.alerts.Matcher;
import maildrift.monitor.watch.WatchRules;
import maildrift.probes.Rule;
import org.junit.jupiter.api.Test;

class InhibitDefaultsTest {

  @Test
  void everyRuleTheyNameExists() {
    var rules = WatchRules.all().stream().map(Rule::id).collect(Collectors.toSet());

    assertThat(InhibitDefaults.RULES)
        .isNotEmpty()
        .allSatisfy(
            rule ->
                assertThat(
                        Stream.concat(rule.source().stream(), rule.target().stream())
                            .filter(matcher -> matcher.name().equals("alertname"))
                            .map(Matcher::value)
                            .flatMap(value -> Stream.of(spelledOut(value).split("\\|"))))
                    .isSubsetOf(rules));
  }

  /** {@code dnssec\.(status|ds-mismatch)} as its two words. */
  private static String spelledOut(String expression) {
    var plain = expression.replace("\\.", ".");
    var open = plain.indexOf('(');
    if (open < 0) {
      return plain;
    }
    var area = plain.substring(0, open);
    return area + plain.substring(open + 1, plain.length() - 1).replace("|", "|" + area);
  }

  /** Both are of the resolvers themselves. */
  @Test
  void resolversThatDoNotAnswerContradictNobody() {
    var contradicted =
        Labels.of(Map.of("alertname", "resolver.contradicted", "subject", "resolvers"));

    assertThat(InhibitDefaults.RULES)
        .anyMatch(
            rule ->
                rule.source().toString().contains("resolvers")
                    && rule.target().stream().allMatch(one -> one.matches(contradicted)));
  }

  @Test
  void noneHidesItsOwnSource() {
    assertThat(InhibitDefaults.RULES)
        .noneMatch(
            rule ->
                rule.source().stream()
                    .filter(matcher -> matcher.name().equals("alertname"))
                    .anyMatch(
                        source ->
                            InhibitDefaults.RULES.stream()
                                .filter(other -> !other.equals(rule))
                                .anyMatch(
                                    other ->
                                        other.target().contains(source)
                                            && rule.target().containsAll(other.source()))));
  }
}

package maildrift.monitor.config;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import maildrift.alerts.Severity;
import maildrift.alerts.state.Policies;
import maildrift.alerts.state.Policy;
import maildrift.alerts.state.PolicyChange;

/** Reads {@code alerts.policy}: how alerts come to fire, by severity and by rule. */
final class PolicyReader {
  private static final int MOST_CONFIRMATIONS = 100;

  private final Reading reading;
  private final Vocabulary vocabulary;

  PolicyReader(Reading reading, Vocabulary vocabulary) {
    this.reading = reading;
    this.vocabulary = vocabulary;
  }

  Policies read(Section section) {
    var bySeverity = new LinkedHashMap<Severity, PolicyChange>();
    for (var severity : Severity.values()) {
      var policy = policy(section.section(severity.word()));
      if (!policy.equals(PolicyChange.NONE)) {
        bySeverity.put(severity, policy);
      }
    }
    var byRule = new LinkedHashMap<String, PolicyChange>();
    for (var named : section.named("rules")) {
      if (!vocabulary.rules().contains(named.name())) {
        reading.problem(
            named.place(),
            "policy: unknown rule '%s'%s"
                .formatted(
                    Words.shortened(named.name()), Words.hint(named.name(), vocabulary.rules())));
      }
      byRule.put(named.name(), policy(named.section()));
    }
    section.end();
    return new Policies(Policy.DEFAULT, bySeverity, Map.copyOf(byRule));
  }

  private static PolicyChange policy(Section section) {
    var confirmations = section.whole("confirmations", 1, MOST_CONFIRMATIONS, 1);
    var policy =
        new PolicyChange(
            section.flag("alert"),
            section.has("confirmations") ? Optional.of(confirmations) : Optional.empty(),
            section.duration("confirm_after", Duration.ZERO),
            section.duration("for", Duration.ZERO),
            section.duration("keep_firing_for", Duration.ZERO));
    section.end();
    return policy;
  }
}

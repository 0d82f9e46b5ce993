package maildrift.probes;

import java.util.Optional;
import java.util.Set;

/**
 * What a probe could not see. It freezes only the rules and subjects that needed the unseen fact:
 * what fired before stays as it is, nothing new fires, and all else goes on.
 *
 * @param probe the probe's name
 * @param unseen what could not be seen, e.g. {@code contoso.tld TXT} or {@code mx.example.net:25}
 * @param why e.g. {@code timeout after 2s from 127.0.0.1:53}
 * @param rules ids of the rules that needed it; an entry that ends in {@code .} stands for all
 *     rules of that area
 * @param subject the one subject that is hidden; empty: every subject of those rules
 */
public record Gap(
    String probe, String unseen, String why, Set<String> rules, Optional<String> subject) {

  public Gap {
    rules = Set.copyOf(rules);
  }

  /** A gap that hides all subjects of the given rules. */
  public static Gap of(String probe, String unseen, String why, String... rules) {
    return new Gap(probe, unseen, why, Set.of(rules), Optional.empty());
  }

  /** The same gap, hiding only one subject. */
  public Gap subject(String only) {
    return new Gap(probe, unseen, why, rules, Optional.of(only));
  }

  public boolean hides(Finding.Key key) {
    return (subject.isEmpty() || subject.get().equals(key.subject())) && needs(key.rule());
  }

  /** Whether the rule needed it, for one subject at least. */
  public boolean needs(String rule) {
    return rules.stream()
        .anyMatch(own -> own.endsWith(".") ? rule.startsWith(own) : own.equals(rule));
  }
}

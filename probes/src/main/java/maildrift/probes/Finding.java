package maildrift.probes;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A rule that is violated by a subject.
 *
 * @param rule which rule
 * @param severity of this violation; the rule's default unless the rule grades by degree or
 *     somebody re-graded it
 * @param subject what violates it: a domain, {@code selector._domainkey.domain}, host, or netblock
 *     source. With the rule it identifies the finding
 * @param cause what the finding comes down to; alerts are grouped by it. Findings of many domains
 *     that one record or host brings about carry the same cause, e.g. {@code
 *     de._netblocks.mimecast.com TXT}
 * @param message what is wrong in the user's words, one sentence, with the values
 * @param evidence JSON-like facts (strings, numbers, booleans, lists, maps), ordered
 * @param remedy what to do, with the text to paste
 * @param waived why it does not count (waiver or a profile's accepted deviation); it stays visible
 */
public record Finding(
    Rule rule,
    Severity severity,
    String subject,
    String cause,
    String message,
    Map<String, Object> evidence,
    String remedy,
    Optional<String> waived) {

  public Finding {
    evidence = Collections.unmodifiableMap(new LinkedHashMap<>(evidence));
  }

  /** A finding with the rule's default severity and remedy, whose cause is its subject. */
  public static Finding of(Rule rule, String subject, String message) {
    return new Finding(
        rule,
        rule.severity(),
        subject,
        subject,
        message,
        Map.of(),
        rule.remedy(),
        Optional.empty());
  }

  public Finding severity(Severity value) {
    return new Finding(rule, value, subject, cause, message, evidence, remedy, waived);
  }

  public Finding cause(String value) {
    return new Finding(rule, severity, subject, value, message, evidence, remedy, waived);
  }

  /** Adds one fact to the evidence. */
  public Finding with(String name, Object value) {
    var more = new LinkedHashMap<>(evidence);
    more.put(name, value);
    return new Finding(rule, severity, subject, cause, message, more, remedy, waived);
  }

  public Finding remedy(String value) {
    return new Finding(rule, severity, subject, cause, message, evidence, value, waived);
  }

  public Finding waived(String reason) {
    return new Finding(
        rule, severity, subject, cause, message, evidence, remedy, Optional.of(reason));
  }

  public boolean counts() {
    return waived.isEmpty();
  }

  public Key key() {
    return new Key(rule.id(), subject);
  }

  /** What identifies a finding within its domain. */
  public record Key(String rule, String subject) {}
}

package maildrift.monitor.config;

import java.util.List;
import maildrift.alerts.Matcher;
import maildrift.alerts.mute.InhibitRule;

/**
 * Inhibitions that nobody needs to write: where one finding comes down to another. They hide what
 * the graver one makes meaningless, never a cause of its own.
 */
final class InhibitDefaults {
  static final List<InhibitRule> RULES =
      List.of(
          rule(
              "the resolvers do not answer",
              "alertname=probe.unobservable, subject=resolvers",
              "alertname=probe.unobservable, subject!=resolvers"),
          rule(
              "the resolvers do not answer, so that what they contradict is old",
              "alertname=probe.unobservable, subject=resolvers",
              "alertname=resolver.contradicted"),
          rule(
              "the domain does not exist",
              "alertname=mx.nxdomain",
              "alertname!=mx.nxdomain",
              "domain"),
          rule(
              "the domain's MX cannot be looked up, nor what depends on it",
              "alertname=probe.unobservable, subject=mx",
              "alertname=probe.unobservable, subject!=mx",
              "domain"),
          rule(
              "resolvers that validate refuse a zone whose signatures do not hold",
              "alertname=~\"dnssec\\.(status|ds-mismatch)\", severity=critical",
              "alertname=probe.unobservable",
              "domain"),
          rule(
              "the DS record says why the signatures do not hold",
              "alertname=dnssec.ds-mismatch",
              "alertname=dnssec.status",
              "domain"),
          rule(
              "the servers contradict each other, so that a change comes and goes",
              "alertname=zone.inconsistent",
              "alertname=record.changed",
              "domain",
              "cause"),
          rule(
              "what changed is the key that is judged",
              "alertname=dkim.unexpected",
              "alertname=record.changed",
              "domain",
              "cause"));

  private InhibitDefaults() {}

  private static InhibitRule rule(String name, String source, String target, String... equal) {
    return new InhibitRule(
        name, Matcher.parseAll(source), Matcher.parseAll(target), List.of(equal));
  }
}

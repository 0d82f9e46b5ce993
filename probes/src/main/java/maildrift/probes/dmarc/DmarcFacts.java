package maildrift.probes.dmarc;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import maildrift.probes.Judgement;
import maildrift.probes.Outcome;
import maildrift.probes.dmarc.ReportPaths.Consent;
import maildrift.probes.dmarc.TreeWalk.Found;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.PublicSuffixes;
import org.jspecify.annotations.Nullable;

/** What was seen of one domain's DMARC, as JSON has it. Pure. */
final class DmarcFacts {
  private final DnsName domain;
  private final DmarcProbe.Seen seen;
  private final Readings readings;

  DmarcFacts(DnsName domain, DmarcProbe.Seen seen, Readings readings) {
    this.domain = domain;
    this.seen = seen;
    this.readings = readings;
  }

  void addTo(Judgement.Builder judgement) {
    var at = Readings.at(readings.found());
    var record = at.map(Found.At::record);
    var policies = record.flatMap(DmarcRecord::policies);
    judgement
        .fact("record", record.map(DmarcRecord::text).map(DmarcReview::shown).orElse(null))
        .fact("foundAt", at.map(Found.At::foundAt).map(DnsName::toString).orElse(null))
        .fact("policy", word(policies.map(DmarcRecord.Policies::domain)))
        .fact("subdomainPolicy", word(policies.map(DmarcRecord.Policies::subdomains)))
        .fact("nonexistentPolicy", word(policies.map(DmarcRecord.Policies::nonexistent)))
        .fact("effectivePolicy", word(readings.effective()))
        .fact("effectivePolicies", effective(readings.inForce()))
        .fact("testing", record.map(DmarcRecord::testing).orElse(null))
        .fact("reportUris", uris(record.map(DmarcRecord::aggregateReports)))
        .fact("failureReportUris", uris(record.map(DmarcRecord::failureReports)))
        .fact("alignment", record.map(DmarcFacts::alignment).orElse(null))
        .fact("psd", record.map(DmarcRecord::psd).map(Object::toString).orElse(null))
        .fact("problems", record.map(DmarcRecord::problems).orElse(List.of()))
        .fact("organizationalDomain", organizationalDomain())
        .fact("walk", walk())
        .fact("reports", at.map(this::reports).orElse(List.of()))
        .fact("rfc7489", rfc7489())
        .fact("differences", readings.differences());
  }

  private static @Nullable String word(Optional<Policy> policy) {
    return policy.map(Policy::word).orElse(null);
  }

  private static List<String> uris(Optional<List<ReportUri>> uris) {
    return uris.orElse(List.of()).stream().map(ReportUri::text).map(DmarcReview::shown).toList();
  }

  private static Map<String, Object> alignment(DmarcRecord record) {
    var alignment = new LinkedHashMap<String, Object>();
    alignment.put("dkim", record.strictDkim() ? "strict" : "relaxed");
    alignment.put("spf", record.strictSpf() ? "strict" : "relaxed");
    return alignment;
  }

  private Map<String, Object> organizationalDomain() {
    var names = new LinkedHashMap<String, Object>();
    names.put(
        "rfc9989",
        TreeWalk.organizational(domain, seen.policies()).map(DnsName::toString).orElse(null));
    names.put("rfc7489", PublicSuffixes.organizational(domain).toString());
    return names;
  }

  /** Each name that was asked, in order, and what stood there. */
  private List<Map<String, Object>> walk() {
    var steps = new ArrayList<Map<String, Object>>();
    seen.policies()
        .forEach(
            (name, answer) -> {
              var step = new LinkedHashMap<String, Object>();
              step.put("name", "_dmarc." + name);
              step.put("outcome", outcome(answer).word());
              step.put(
                  "records",
                  TreeWalk.records(answer).stream()
                      .map(DmarcRecord::text)
                      .map(DmarcReview::shown)
                      .limit(DmarcProbe.MAX_DESTINATIONS)
                      .toList());
              steps.add(step);
            });
    return steps;
  }

  private static Outcome outcome(Answer answer) {
    return switch (answer) {
      case Answer.Found _ -> Outcome.OBSERVED;
      case Answer.NoData _, Answer.NoSuchName _ -> Outcome.ABSENT;
      case Answer.Unanswered _ -> Outcome.UNOBSERVABLE;
    };
  }

  private List<Map<String, Object>> reports(Found.At at) {
    var aggregate = at.record().rua().stream().map(uri -> report(at, uri, "aggregate"));
    var failure = at.record().ruf().stream().map(uri -> report(at, uri, "failure"));
    return Stream.concat(aggregate, failure).toList();
  }

  private Map<String, Object> report(Found.At at, ReportUri uri, String kind) {
    var outside =
        uri.destination().filter(host -> ReportPaths.isOutside(at.foundAt(), host)).isPresent();
    var consent = uri.destination().filter(_ -> outside).map(host -> readings.consent(at, host));
    var report = new LinkedHashMap<String, Object>();
    report.put("uri", DmarcReview.shown(uri.text()));
    report.put("kind", kind);
    report.put("valid", uri.isValid());
    report.put("takesMail", takesMail(uri));
    report.put("external", outside);
    report.put(
        "authorised",
        consent.isEmpty()
            ? (Boolean) uri.isValid()
            : consent.get() == Consent.UNKNOWN ? null : (Boolean) (consent.get() == Consent.GIVEN));
    return report;
  }

  /** Nothing where it is not asked, or not known. */
  private @Nullable Boolean takesMail(ReportUri uri) {
    return switch (uri.destination()
        .map(host -> ReportPaths.mailbox(seen.mailboxes().getOrDefault(host, List.of())))
        .orElse(ReportPaths.Mailbox.UNKNOWN)) {
      case TAKES_MAIL -> true;
      case NOWHERE, NULL_MX -> false;
      case UNKNOWN -> null;
    };
  }

  private static Map<String, Object> effective(Readings.InForce inForce) {
    var policies = new LinkedHashMap<String, Object>();
    policies.put("domain", word(inForce.domain()));
    policies.put("subdomains", word(inForce.subdomains()));
    policies.put("nonexistent", word(inForce.nonexistent()));
    return policies;
  }

  private Map<String, Object> rfc7489() {
    var reading = new LinkedHashMap<String, Object>();
    var at = Readings.at(readings.found7489());
    var policies = at.map(Found.At::record).flatMap(DmarcRecord::policiesOf7489);
    reading.put("foundAt", at.map(Found.At::foundAt).map(DnsName::toString).orElse(null));
    reading.put("policy", word(policies.map(DmarcRecord.Policies::domain)));
    reading.put("subdomainPolicy", word(policies.map(DmarcRecord.Policies::subdomains)));
    reading.put("effectivePolicy", word(readings.effective7489()));
    reading.put("effectivePolicies", effective(readings.inForce7489()));
    reading.put("percent", at.map(Found.At::record).flatMap(Readings::percent).orElse(null));
    return reading;
  }
}

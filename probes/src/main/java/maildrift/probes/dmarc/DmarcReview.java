package maildrift.probes.dmarc;

import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.Judgement;
import maildrift.probes.Outcome;
import maildrift.probes.Rule;
import maildrift.probes.Severity;
import maildrift.probes.dmarc.TreeWalk.Found;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Rdata;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.PublicSuffixes;

/** Judges what DNS said about one domain's DMARC. Pure. */
final class DmarcReview {
  /** What is shown of a hostile record. */
  private static final int MAX_SHOWN = 2_048;

  private final ManagedDomain managed;
  private final DnsName domain;
  private final String subject;
  private final DmarcProbe.Seen seen;
  private final Readings readings;
  private final Judgement.Builder judgement = new Judgement.Builder();

  DmarcReview(ManagedDomain managed, DmarcProbe.Seen seen) {
    this.managed = managed;
    this.domain = managed.name();
    this.subject = domain.toString();
    this.seen = seen;
    this.readings = new Readings(domain, seen);
  }

  Judgement judgement() {
    new DmarcFacts(domain, seen, readings).addTo(judgement);
    watched();
    var own = readings.answer(domain);
    if (own instanceof Answer.Unanswered(var _, var why, var _)) {
      judgement.add(Gap.of(DmarcProbe.NAME, "_dmarc." + domain + " TXT", why, "dmarc."));
      return judgement.build(Outcome.UNOBSERVABLE);
    }
    ownPlace(own);
    return switch (readings.found()) {
      case Found.Hidden(var unseen, var why) -> {
        judgement.add(
            Gap.of(
                DmarcProbe.NAME, "_dmarc." + unseen + " TXT", why, DmarcRules.HIDDEN_BY_THE_WALK));
        yield judgement.build(Outcome.UNOBSERVABLE);
      }
      case Found.Nowhere _ -> {
        absent(own);
        divergence();
        yield judgement.build(Outcome.ABSENT);
      }
      case Found.At at -> {
        applies(at);
        divergence();
        yield judgement.build(Outcome.OBSERVED);
      }
    };
  }

  // ---- watched records

  private void watched() {
    var names = new ArrayList<>(List.of(domain));
    if (readings.found() instanceof Found.At at && !at.foundAt().equals(domain)) {
      names.add(at.foundAt());
    }
    for (var name : names) {
      var answer = readings.answer(name);
      if (!(answer instanceof Answer.Unanswered)) {
        judgement.record("_dmarc." + name + " DMARC", text(answer));
      }
    }
  }

  private static String text(Answer answer) {
    return texts(answer)
        .filter(text -> DmarcRecord.parse(text).isPresent() || resembles(text))
        .map(
            text ->
                text.length() <= MAX_SHOWN
                    ? text
                    : "sha256:" + Hashing.sha256().hashString(text, StandardCharsets.ISO_8859_1))
        .sorted()
        .collect(Collectors.joining(" | "));
  }

  private static Stream<String> texts(Answer answer) {
    return answer.records(Rdata.Txt.class).stream().map(Rdata.Txt::joined);
  }

  // ---- what stands at the domain's own name

  private void ownPlace(Answer own) {
    var records = TreeWalk.records(own);
    if (records.size() > 1) {
      judgement.add(
          about(
                  DmarcRules.MULTIPLE,
                  own,
                  domain,
                  "%s publishes %d DMARC records, so receivers discard all of them"
                      .formatted(subject, records.size()))
              .with("records", records.stream().map(r -> shown(r.text())).limit(8).toList()));
    }
    if (!records.isEmpty()) {
      return;
    }
    texts(own)
        .filter(DmarcReview::resembles)
        .findFirst()
        .ifPresent(
            text ->
                judgement.add(
                    about(
                            DmarcRules.VERSION,
                            own,
                            domain,
                            "the record at _dmarc.%s does not begin with v=DMARC1, so receivers ignore it"
                                .formatted(domain))
                        .with("record", shown(text))));
    texts(own)
        .filter(text -> text.toLowerCase(Locale.ROOT).startsWith("v=spf1"))
        .findFirst()
        .ifPresentOrElse(
            text ->
                judgement.add(
                    about(
                            DmarcRules.WRONG_PLACE,
                            own,
                            domain,
                            "an SPF policy stands at _dmarc.%s, and no DMARC record"
                                .formatted(domain))
                        .with("record", shown(text))),
            this::apex);
  }

  /** The record stands at the domain instead of at its {@code _dmarc} name. */
  private void apex() {
    var apex = seen.apex();
    if (apex.isEmpty()) {
      return;
    }
    if (apex.get() instanceof Answer.Unanswered(var _, var why, var _)) {
      judgement.add(
          Gap.of(DmarcProbe.NAME, domain + " TXT", why, DmarcRules.WRONG_PLACE.id())
              .subject(subject));
      return;
    }
    texts(apex.get())
        .filter(text -> DmarcRecord.parse(text).isPresent())
        .findFirst()
        .ifPresent(
            text ->
                judgement.add(
                    Finding.of(
                            DmarcRules.WRONG_PLACE,
                            subject,
                            "a DMARC record stands at %s itself; receivers look for it at _dmarc.%s only"
                                .formatted(domain, domain))
                        .cause(subject + " TXT")
                        .with("record", shown(text))
                        .remedy(
                            "Move it:\n_dmarc.%s. IN TXT \"%s\"".formatted(domain, shown(text)))));
  }

  /** Somebody meant a DMARC record: the word is near the beginning. */
  private static boolean resembles(String text) {
    var beginning = text.substring(0, Math.min(text.length(), 256)).toLowerCase(Locale.ROOT);
    return DmarcRecord.parse(text).isEmpty()
        && (beginning.contains("dmarc")
            || beginning.strip().startsWith("p=")
            || beginning.contains("; p=")
            || beginning.contains(";p="))
        && !beginning.contains("v=dkim1");
  }

  private void absent(Answer own) {
    if (TreeWalk.records(own).size() > 1) {
      return; // dmarc.multiple says it, and what to do
    }
    var finding =
        about(
                DmarcRules.PRESENT,
                own,
                domain,
                "%s has no DMARC policy, neither of its own nor from a name above it"
                    .formatted(subject))
            .with("asked", seen.policies().keySet().stream().map(name -> "_dmarc." + name).toList())
            .remedy(
                "Publish a policy; p=none with reports to begin with:\n"
                    + "_dmarc.%s. IN TXT \"v=DMARC1; p=none; rua=mailto:postmaster@%s\""
                        .formatted(domain, domain));
    judgement.add(sends() ? finding.severity(Severity.CRITICAL) : finding);
  }

  /** Something is declared or prescribed that makes sense only for a domain in use. */
  private boolean sends() {
    return !managed.prescriptions().isEmpty()
        || !managed.dkim().isEmpty()
        || !managed.smarthosts().isEmpty()
        || managed.dmarcPolicy().isPresent();
  }

  // ---- the record that applies

  private void applies(Found.At at) {
    var record = at.record();
    syntax(at);
    var unsound = unsound(record);
    if (!unsound.isEmpty()) {
      judgement.add(
          about(
                  DmarcRules.POLICY_MISSING,
                  at,
                  "the DMARC record of %s has %s, so %s"
                      .formatted(
                          at.foundAt(),
                          String.join(" and ", unsound),
                          record.policies().isPresent()
                              ? "it counts as p=none"
                              : "DMARC does not apply at all"))
              .with("record", shown(record.text())));
    }
    policy(at, unsound.isEmpty());
    if (at.foundAt().equals(domain)) {
      ownTags(at);
    }
    legacy(at);
    reportTags(at);
    authorisations(at);
    mailboxes(at);
    people(at);
    alignment(at);
  }

  private static List<String> unsound(DmarcRecord record) {
    var unsound = new ArrayList<String>();
    if (record.p() instanceof DmarcRecord.Unasked) {
      unsound.add("no p=");
    }
    Stream.of(
            Map.entry("p", record.p()), Map.entry("sp", record.sp()), Map.entry("np", record.np()))
        .forEach(
            tag -> {
              if (tag.getValue() instanceof DmarcRecord.Nonsense(var written)) {
                unsound.add("%s=%s, which is no policy".formatted(tag.getKey(), written));
              }
            });
    return unsound;
  }

  private void syntax(Found.At at) {
    var problems = at.record().problems();
    if (!problems.isEmpty()) {
      judgement.add(
          about(
                  DmarcRules.SYNTAX,
                  at,
                  "the DMARC record of %s: %s".formatted(at.foundAt(), problems.getFirst()))
              .with("problems", problems)
              .with("record", shown(at.record().text())));
    }
  }

  private void policy(Found.At at, boolean sound) {
    var expected = managed.dmarcPolicy().flatMap(Policy::parse);
    if (DmarcProbe.dependsOnExistence(at, domain, seen.policies())
        && readings.existence() instanceof Answer.Unanswered(var _, var why, var _)) {
      judgement.add(
          Gap.of(
              DmarcProbe.NAME,
              domain + " A",
              why,
              DmarcRules.POLICY.id(),
              DmarcRules.PSL_DIVERGENCE.id()));
      return;
    }
    var effective = readings.effective();
    if (expected.isPresent()) {
      if (effective.isEmpty() || effective.get().isWeakerThan(expected.get())) {
        judgement.add(
            about(
                    DmarcRules.POLICY,
                    at,
                    "the policy in force for %s is %s; %s is expected"
                        .formatted(
                            subject,
                            effective.map(Policy::word).orElse("none at all"),
                            expected.get().word()))
                .severity(Severity.CRITICAL)
                .with("effective", effective.map(Policy::word).orElse("none at all"))
                .with("expected", expected.get().word())
                .with("record", shown(at.record().text()))
                .remedy(
                    "Set %s=%s%s in the record at _dmarc.%s."
                        .formatted(
                            at.foundAt().equals(domain) ? "p" : "sp",
                            expected.get().word(),
                            at.record().testing() ? " and remove t=y" : "",
                            at.foundAt())));
      }
    } else if (sound
        && readings.published(at).filter(policy -> policy == Policy.NONE).isPresent()) {
      judgement.add(
          about(
                  DmarcRules.POLICY,
                  at,
                  at.foundAt().equals(domain)
                      ? "%s publishes p=none: forged mail is delivered".formatted(subject)
                      : "%s inherits the policy none from %s: forged mail is delivered"
                          .formatted(subject, at.foundAt()))
              .with("record", shown(at.record().text())));
    }
  }

  private void ownTags(Found.At at) {
    var record = at.record();
    var policies = record.policies().filter(_ -> unsound(record).isEmpty());
    // RFC 9989 §4.7: sp= and np= count at an organisational domain only.
    if (policies.filter(DmarcReview::isUneven).isPresent()
        && record.psd() != 'n'
        && !PublicSuffixes.organizational(domain).equals(domain)) {
      policies = Optional.empty();
    }
    policies
        .filter(policy -> policy.subdomains().isWeakerThan(policy.domain()))
        .ifPresent(
            policy ->
                judgement.add(
                    about(
                        DmarcRules.SUBDOMAINS,
                        at,
                        "%s publishes p=%s, but sp=%s"
                            .formatted(
                                subject, policy.domain().word(), policy.subdomains().word()))));
    policies
        .filter(policy -> policy.nonexistent().isWeakerThan(policy.subdomains()))
        .ifPresent(
            policy ->
                judgement.add(
                    about(
                        DmarcRules.NONEXISTENT,
                        at,
                        "%s publishes np=%s, but %s=%s"
                            .formatted(
                                subject,
                                policy.nonexistent().word(),
                                record.sp() instanceof DmarcRecord.Unasked ? "p" : "sp",
                                policy.subdomains().word()))));
    if (record.psd() == 'y' && !PublicSuffixes.isPublicSuffix(domain)) {
      judgement.add(
          about(
              DmarcRules.PUBLIC_SUFFIX,
              at,
              "%s publishes psd=y, but is no public suffix".formatted(subject)));
    }
  }

  private static boolean isUneven(DmarcRecord.Policies policies) {
    return policies.subdomains() != policies.domain()
        || policies.nonexistent() != policies.subdomains();
  }

  private void legacy(Found.At at) {
    var record = at.record();
    var strongest =
        record
            .policies()
            .map(p -> Stream.of(p.domain(), p.subdomains(), p.nonexistent()))
            .orElse(Stream.empty())
            .reduce(Policy.NONE, (a, b) -> a.isWeakerThan(b) ? b : a);
    if (record.testing() && strongest != Policy.NONE) {
      judgement.add(
          about(
              DmarcRules.TESTING,
              at,
              "the DMARC record of %s carries t=y: %s is applied as %s"
                  .formatted(at.foundAt(), strongest.word(), strongest.lowered().word())));
    }
    Optional.ofNullable(record.legacy().get("pct"))
        .ifPresent(
            pct -> {
              var finding =
                  about(
                      DmarcRules.PERCENT,
                      at,
                      "the DMARC record of %s carries pct=%s, which only old receivers heed"
                          .formatted(at.foundAt(), pct));
              judgement.add(pct.equals("100") ? finding.severity(Severity.INFO) : finding);
            });
    for (var rule : List.of(DmarcRules.REPORT_FORMAT, DmarcRules.REPORT_INTERVAL)) {
      var tag = rule.id().substring("dmarc.".length());
      Optional.ofNullable(record.legacy().get(tag))
          .ifPresent(
              value ->
                  judgement.add(
                      about(
                          rule,
                          at,
                          "the DMARC record of %s carries %s=%s, which nobody heeds any more"
                              .formatted(at.foundAt(), tag, value))));
    }
  }

  private void reportTags(Found.At at) {
    var record = at.record();
    var hasReports = !record.aggregateReports().isEmpty();
    var mailto = record.aggregateReports().stream().anyMatch(ReportUri::isMailto);
    if (!mailto) {
      judgement.add(
          about(
                  DmarcRules.REPORTS,
                  at,
                  hasReports
                      ? "the DMARC record of %s has no mailto: address for reports; few receivers use others"
                          .formatted(at.foundAt())
                      : "the DMARC record of %s has no usable rua=, so nobody gets reports"
                          .formatted(at.foundAt()))
              .remedy(
                  "Add rua=mailto: with a mailbox that is read, e.g. rua=mailto:postmaster@%s"
                      .formatted(at.foundAt())));
    }
    if (Stream.concat(record.rua().stream(), record.ruf().stream()).anyMatch(ReportUri::sized)) {
      judgement.add(
          about(
              DmarcRules.URI_SIZE,
              at,
              "an address in the DMARC record of %s carries a size limit (!…)"
                  .formatted(at.foundAt())));
    }
    if (!record.ruf().isEmpty() && !hasReports) {
      judgement.add(
          about(
              DmarcRules.FAILURE_REPORTS,
              at,
              "the DMARC record of %s has ruf=, but no rua=".formatted(at.foundAt())));
    }
    record
        .failureOptions()
        .filter(
            options -> record.ruf().isEmpty() || (options.contains("0") && options.contains("1")))
        .ifPresent(
            options ->
                judgement.add(
                    about(
                        DmarcRules.FAILURE_OPTIONS,
                        at,
                        record.ruf().isEmpty()
                            ? "the DMARC record of %s has fo=, but no ruf=".formatted(at.foundAt())
                            : "the DMARC record of %s has fo=%s; 0 and 1 exclude each other"
                                .formatted(at.foundAt(), options))));
  }

  private void authorisations(Found.At at) {
    for (var destination : ReportPaths.outside(at)) {
      var owner = at.foundAt() + "._report._dmarc." + destination;
      switch (readings.consent(at, destination)) {
        case GIVEN -> {}
        case UNKNOWN ->
            judgement.add(
                Gap.of(
                        DmarcProbe.NAME,
                        owner + " TXT",
                        seen.authorisations().get(destination)
                                instanceof Answer.Unanswered(var _, var why, var _)
                            ? why
                            : "not asked",
                        DmarcRules.REPORTS_OUTSIDE.id())
                    .subject(destination.toString()));
        case REFUSED ->
            judgement.add(
                outside(at, destination, owner, "does not accept DMARC reports for")
                    .remedy(
                        "%s publishes this record:\n%s. IN TXT \"v=DMARC1\""
                            .formatted(destination, owner)));
        case REDIRECTED ->
            judgement.add(
                outside(at, destination, owner, "redirects to another host the DMARC reports for")
                    .remedy(
                        "%s removes rua= and ruf= from the record at %s, or names an address at %s."
                            .formatted(destination, owner, destination)));
      }
    }
  }

  /** Whether the hosts that reports are mailed to take mail at all. */
  private void mailboxes(Found.At at) {
    seen.mailboxes()
        .forEach(
            (destination, answers) -> {
              switch (ReportPaths.mailbox(answers)) {
                case TAKES_MAIL -> {}
                case UNKNOWN ->
                    judgement.add(
                        Gap.of(
                                DmarcProbe.NAME,
                                destination + " MX",
                                answers.stream()
                                    .filter(Answer.Unanswered.class::isInstance)
                                    .map(answer -> ((Answer.Unanswered) answer).why())
                                    .findFirst()
                                    .orElse("not asked"),
                                DmarcRules.REPORTS_LOST.id())
                            .subject(destination.toString()));
                case NOWHERE -> {
                  // That the domain itself has no MX is a finding of its own.
                  if (!destination.equals(domain) && !destination.equals(at.foundAt())) {
                    judgement.add(
                        lost(at, destination, "has neither MX nor address, so it takes no mail"));
                  }
                }
                case NULL_MX ->
                    judgement.add(lost(at, destination, "has a null MX: it takes no mail"));
              }
            });
  }

  private Finding lost(Found.At at, DnsName destination, String what) {
    var aggregate = isAggregate(at, destination);
    return Finding.of(
            DmarcRules.REPORTS_LOST,
            destination.toString(),
            "%s %s, so the DMARC %sreports for %s are lost"
                .formatted(destination, what, aggregate ? "" : "failure ", at.foundAt()))
        .cause(destination + " MX")
        .severity(aggregate ? Severity.CRITICAL : Severity.WARNING)
        .with("kind", aggregate ? "aggregate" : "failure")
        .with("foundAt", at.foundAt().toString());
  }

  /** People's mail goes through lists and forwarders, which break SPF and often DKIM. */
  private void people(Found.At at) {
    var inbound = managed.inbound();
    if (inbound.isPresent()
        && managed.dmarcPolicy().flatMap(Policy::parse).filter(Policy.REJECT::equals).isEmpty()
        && readings.effective().filter(Policy.REJECT::equals).isPresent()) {
      judgement.add(
          about(
                  DmarcRules.REJECT_USERS,
                  at,
                  "%s asks for reject, and %s takes mail for people there"
                      .formatted(subject, inbound.get().label()))
              .with("profile", inbound.get().label())
              .with("record", shown(at.record().text())));
    }
  }

  /** A provider that signs or bounces with a subdomain, and a record that wants the same name. */
  private void alignment(Found.At at) {
    for (var prescription : managed.prescriptions()) {
      var broken = new ArrayList<String>();
      if (at.record().strictDkim() && prescription.relaxed().contains("dkim")) {
        broken.add("adkim=s");
      }
      if (at.record().strictSpf() && prescription.relaxed().contains("spf")) {
        broken.add("aspf=s");
      }
      if (!broken.isEmpty()) {
        judgement.add(
            about(
                    DmarcRules.ALIGNMENT,
                    at,
                    "the DMARC record of %s carries %s, but %s sends in the name of a subdomain"
                        .formatted(
                            at.foundAt(), String.join(" and ", broken), prescription.label()))
                .with("profile", prescription.label())
                .with("record", shown(at.record().text()))
                .remedy(
                    "Remove %s from the record at _dmarc.%s."
                        .formatted(String.join(" and ", broken), at.foundAt())));
        return;
      }
    }
  }

  private static boolean isAggregate(Found.At at, DnsName destination) {
    return at.record().rua().stream()
        .anyMatch(uri -> uri.destination().filter(destination::equals).isPresent());
  }

  private Finding outside(Found.At at, DnsName destination, String owner, String what) {
    var aggregate = isAggregate(at, destination);
    return Finding.of(
            DmarcRules.REPORTS_OUTSIDE,
            destination.toString(),
            "%s %s %s, so receivers send none there".formatted(destination, what, at.foundAt()))
        // One provider that drops its wildcard is one cause for all of its customers.
        .cause("_report._dmarc." + destination + " TXT")
        .severity(aggregate ? Severity.CRITICAL : Severity.WARNING)
        .with("name", owner)
        .with("kind", aggregate ? "aggregate" : "failure");
  }

  private void divergence() {
    if (readings.found7489() instanceof Found.Hidden(var unseen, var why)) {
      judgement.add(
          Gap.of(
              DmarcProbe.NAME, "_dmarc." + unseen + " TXT", why, DmarcRules.PSL_DIVERGENCE.id()));
      return;
    }
    // Several records at one name are a matter of their own, and t= and pct= have their rules.
    var comparable =
        !Readings.at(readings.found())
                .map(Found.At::foundAt)
                .equals(Readings.at(readings.found7489()).map(Found.At::foundAt))
            && !readings.isExistenceHidden();
    var multiple = TreeWalk.records(readings.answer(domain)).size() > 1;
    if (!comparable || multiple) {
      return;
    }
    readings
        .difference()
        .ifPresent(
            difference ->
                judgement.add(
                    about(
                            DmarcRules.PSL_DIVERGENCE,
                            readings.answer(domain),
                            domain,
                            "for %s %s".formatted(subject, difference))
                        .with("rfc9989", Readings.described(readings.found(), readings.effective()))
                        .with(
                            "rfc7489",
                            Readings.described(readings.found7489(), readings.effective7489()))));
  }

  // ---- findings

  private Finding about(Rule rule, Found.At at, String message) {
    return about(rule, readings.answer(at.foundAt()), at.foundAt(), message);
  }

  /** Of the domain; the cause is the record, or what its CNAME leads to. */
  private Finding about(Rule rule, Answer answer, DnsName at, String message) {
    var aliases =
        switch (answer) {
          case Answer.Found here -> here.aliases();
          case Answer.NoData noData -> noData.aliases();
          case Answer.NoSuchName noSuchName -> noSuchName.aliases();
          case Answer.Unanswered _ -> List.<DnsName>of();
        };
    return Finding.of(rule, subject, message)
        .cause((aliases.isEmpty() ? "_dmarc." + at : aliases.getLast().toString()) + " TXT");
  }

  static String shown(String text) {
    return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "…";
  }
}

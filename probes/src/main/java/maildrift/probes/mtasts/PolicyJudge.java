package maildrift.probes.mtasts;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maildrift.probes.Context;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.Judgement;
import maildrift.probes.Outcome;
import maildrift.probes.Rule;
import maildrift.probes.Severity;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.https.HttpsLook;
import maildrift.probes.smtp.CleanText;
import maildrift.probes.smtp.SmtpLook;
import maildrift.probes.tls.MailHosts;
import maildrift.probes.tls.NameMatch;
import maildrift.probes.tls.TrustAnchors;

/** Judges the policy that a record announces, and the mail hosts by it. Pure. */
final class PolicyJudge {
  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration WEEK = Duration.ofDays(7);

  private final ManagedDomain domain;
  private final TrustAnchors anchors;
  private final Context context;
  private final Judgement.Builder judgement;

  PolicyJudge(
      ManagedDomain domain, TrustAnchors anchors, Context context, Judgement.Builder judgement) {
    this.domain = domain;
    this.anchors = anchors;
    this.context = context;
    this.judgement = judgement;
  }

  /** What came of the fetch. */
  private sealed interface Fetched {
    record Body(String octets, List<String> oddities) implements Fetched {}

    /** As it is, no sender gets the policy. */
    record Failed(String why) implements Fetched {}

    record Unseen(String why) implements Fetched {}

    /** Its addresses are none that we contact, which may be our own place's view of them. */
    record Inside(String why) implements Fetched {}
  }

  void judge(StsSeen.Policy seen, String id, String recordCause) {
    var facts = new LinkedHashMap<String, Object>();
    facts.put("host", seen.host().toString());
    MtaStsProbe.dangling(domain, seen.host().toString(), seen.addresses())
        .ifPresent(judgement::add);
    switch (fetched(seen)) {
      case Fetched.Inside(var why) -> {
        facts.put("outcome", Outcome.UNOBSERVABLE.word());
        facts.put("why", why);
        judgement.aside(unseen(seen, why));
      }
      case Fetched.Unseen(var why) -> {
        facts.put("outcome", Outcome.UNOBSERVABLE.word());
        facts.put("why", why);
        judgement.add(unseen(seen, why));
        if (seen.addresses().stream().anyMatch(Answer.Unanswered.class::isInstance)) {
          judgement.add(
              Gap.of(MtaStsProbe.NAME, seen.host() + " A", why, StsRules.CDN.id())
                  .subject(seen.host().toString()));
        }
      }
      case Fetched.Failed(var why) -> {
        facts.put("outcome", Outcome.ABSENT.word());
        facts.put("why", why);
        judgement.add(
            finding(
                    StsRules.FETCH,
                    "senders cannot fetch the MTA-STS policy of %s: %s"
                        .formatted(domain.name(), why))
                .cause(policyCause(seen))
                .with("url", url(seen)));
      }
      case Fetched.Body(var octets, var oddities) -> {
        facts.put("outcome", Outcome.OBSERVED.word());
        oddities.forEach(
            oddity ->
                judgement.add(
                    finding(
                            StsRules.FETCH,
                            "some senders refuse the MTA-STS policy of %s: %s"
                                .formatted(domain.name(), oddity))
                        .severity(Severity.WARNING)
                        .cause(policyCause(seen))
                        .with("url", url(seen))));
        judge(seen, StsPolicy.parse(octets), id, recordCause, facts);
      }
    }
    judgement.fact("policy", facts);
  }

  private static Gap unseen(StsSeen.Policy seen, String why) {
    return Gap.of(
        MtaStsProbe.NAME,
        url(seen),
        why,
        Stream.concat(Stream.of(StsRules.FETCH.id()), Stream.of(StsRules.OF_THE_POLICY))
            .toArray(String[]::new));
  }

  private static String url(StsSeen.Policy seen) {
    return "https://%s/.well-known/mta-sts.txt".formatted(seen.host());
  }

  /** The host that serves it, which a provider's customers share. */
  private static String policyCause(StsSeen.Policy seen) {
    return seen.addresses().stream()
        .filter(Answer.Found.class::isInstance)
        .map(answer -> ((Answer.Found) answer).aliases())
        .filter(aliases -> !aliases.isEmpty())
        .map(aliases -> aliases.getLast().toString())
        .findFirst()
        .orElse(seen.host().toString());
  }

  private Fetched fetched(StsSeen.Policy seen) {
    if (seen.look().isEmpty()) {
      return seen.addresses().stream()
          .filter(Answer.Unanswered.class::isInstance)
          .map(answer -> ((Answer.Unanswered) answer).why())
          .findFirst()
          .<Fetched>map(Fetched.Unseen::new)
          .orElseGet(
              () ->
                  new Fetched.Failed(
                      seen.addresses().stream().anyMatch(Answer.NoSuchName.class::isInstance)
                          ? seen.host() + " does not exist"
                          : seen.host() + " has no address"));
    }
    return switch (seen.look().get()) {
      case HttpsLook.Unobservable(var why) -> new Fetched.Unseen(why);
      // What senders see from outside may be another zone: not looked at is all that is known. One
      // address that did not answer may be public.
      case HttpsLook.Refused(var why) ->
          seen.addresses().stream().anyMatch(Answer.Unanswered.class::isInstance)
              ? new Fetched.Unseen(why)
              : new Fetched.Inside(why);
      case HttpsLook.NoHandshake(var why) ->
          new Fetched.Failed("a modern client cannot negotiate TLS with it: " + why);
      case HttpsLook.Spoke spoke ->
          switch (spoke.verified(anchors, context.now())) {
            case HttpsLook.Verified.Untrusted(var why) -> new Fetched.Failed(why);
            case HttpsLook.Verified.Trusted(HttpsLook.Said.Garbled(var why)) ->
                new Fetched.Failed(why);
            case HttpsLook.Verified.Trusted(HttpsLook.Said.Reply reply) -> fetched(reply);
          };
    };
  }

  /** RFC 8461 §3.3. */
  private static Fetched fetched(HttpsLook.Said.Reply reply) {
    var status = reply.status();
    if (status / 100 == 3) {
      return new Fetched.Failed(
          "it redirects (%d)%s, which senders do not follow"
              .formatted(
                  status,
                  reply.header("location").map(to -> " to " + CleanText.of(to, 120)).orElse("")));
    }
    if (status / 100 == 5 || status == 429 || status == 408) {
      // Tomorrow it may be well again; senders try again too.
      return new Fetched.Unseen("its status is " + status);
    }
    if (status != 200) {
      return new Fetched.Failed("its status is %d, not 200".formatted(status));
    }
    if (reply.isTooLong()) {
      return new Fetched.Failed("it is larger than 64 KiB");
    }
    var coding = reply.header("content-encoding").orElse("");
    if (!coding.isEmpty() && !coding.equalsIgnoreCase("identity")) {
      return new Fetched.Failed(
          "it is compressed (%s) although nobody asked for that"
              .formatted(CleanText.of(coding, 40)));
    }
    var type = reply.header("content-type").orElse("");
    var semicolon = type.indexOf(';');
    var media = (semicolon < 0 ? type : type.substring(0, semicolon)).strip();
    return new Fetched.Body(
        reply.body(),
        media.toLowerCase(Locale.ROOT).equals("text/plain")
            ? List.of()
            : List.of(
                media.isEmpty()
                    ? "it has no media type instead of text/plain"
                    : "its media type is %s, not text/plain".formatted(CleanText.of(media, 80))));
  }

  private void judge(
      StsSeen.Policy seen,
      StsPolicy policy,
      String id,
      String recordCause,
      Map<String, Object> facts) {
    policy.mode().ifPresent(mode -> facts.put("mode", mode.word()));
    policy.maxAge().ifPresent(seconds -> facts.put("maxAge", seconds));
    facts.put("mx", policy.mx());
    facts.put("sha256", policy.sha256());
    if (!policy.isUsable() || !policy.oddities().isEmpty()) {
      judgement.add(
          finding(
                  StsRules.POLICY,
                  policy.isUsable()
                      ? "some senders refuse the MTA-STS policy of %s: %s"
                          .formatted(domain.name(), MtaStsProbe.listed(policy.oddities()))
                      : "senders cannot use the MTA-STS policy of %s: %s"
                          .formatted(domain.name(), MtaStsProbe.listed(policy.faults())))
              .severity(policy.isUsable() ? Severity.WARNING : Severity.CRITICAL)
              .cause(policyCause(seen))
              .with("url", url(seen))
              .with("problems", policy.isUsable() ? policy.oddities() : policy.faults()));
    }
    if (!policy.isUsable()) {
      return;
    }
    var value = Past.value(id, policy);
    judgement.record(MtaStsProbe.policyRecord(domain), value);
    Past.idSync(domain, id, policy, context, recordCause).ifPresent(judgement::add);
    switch (policy.mode().orElseThrow()) {
      case NONE -> {}
      case TESTING -> {
        Past.stuck(domain, value, context, policyCause(seen)).ifPresent(judgement::add);
        hosts(seen, policy, Severity.WARNING);
      }
      case ENFORCE -> {
        maxAge(seen, policy).ifPresent(judgement::add);
        hosts(seen, policy, Severity.CRITICAL);
      }
    }
  }

  private Optional<Finding> maxAge(StsSeen.Policy seen, StsPolicy policy) {
    var age = Duration.ofSeconds(policy.maxAge().orElseThrow());
    return age.compareTo(WEEK) >= 0
        ? Optional.empty()
        : Optional.of(
            finding(
                    StsRules.MAX_AGE,
                    "senders keep the MTA-STS policy of %s for %d seconds only, less than a %s"
                        .formatted(
                            domain.name(),
                            age.toSeconds(),
                            age.compareTo(DAY) < 0 ? "day" : "week"))
                .severity(age.compareTo(DAY) < 0 ? Severity.WARNING : Severity.INFO)
                .cause(policyCause(seen))
                .with("maxAge", age.toSeconds()));
  }

  /** Patterns and certificates, for hosts that DNS names. */
  private void hosts(StsSeen.Policy seen, StsPolicy policy, Severity severity) {
    if (seen.mx() instanceof Answer.Unanswered unanswered) {
      judgement.add(
          Gap.of(
              MtaStsProbe.NAME,
              domain.name() + " MX",
              unanswered.why(),
              StsRules.MX_COVER.id(),
              StsRules.MX_EXTRA.id(),
              StsRules.CERT.id()));
      return;
    }
    for (var host : seen.names()) {
      if (!policy.covers(host)) {
        judgement.add(uncovered(host, policy, severity));
      }
    }
    var extra =
        policy.mx().stream()
            .filter(
                pattern ->
                    seen.names().stream().noneMatch(host -> NameMatch.matches(pattern, host)))
            .distinct()
            .toList();
    // A domain that takes no mail (RFC 7505) needs no pattern, but its policy names some.
    if (!extra.isEmpty() && !seen.names().isEmpty()) {
      judgement.add(
          finding(
                  StsRules.MX_EXTRA,
                  "the MTA-STS policy of %s allows %s, which no MX host matches"
                      .formatted(
                          domain.name(), extra.stream().limit(5).collect(Collectors.joining(", "))))
              .cause(policyCause(seen))
              .with("patterns", extra.stream().limit(20).toList()));
    }
    seen.hosts().forEach(host -> certificate(host, severity));
  }

  private Finding uncovered(DnsName host, StsPolicy policy, Severity severity) {
    return Finding.of(
            StsRules.MX_COVER,
            host.toString(),
            "the MTA-STS policy of %s does not allow its MX host %s%s"
                .formatted(
                    domain.name(),
                    host,
                    severity == Severity.CRITICAL
                        ? ", so senders that honour it do not deliver there"
                        : ""))
        .severity(severity)
        .cause(domain.name() + " MX")
        .with("mx", policy.mx())
        .remedy("Add this line to the policy and give the record a new id:\nmx: " + host);
  }

  private void certificate(MailHosts.Host host, Severity severity) {
    var subject = host.name().toString();
    var unseen =
        host.addresses().stream()
            .filter(Answer.Unanswered.class::isInstance)
            .map(answer -> "its addresses: " + ((Answer.Unanswered) answer).why())
            .findFirst()
            .or(() -> host.looks().stream().flatMap(look -> look.unseen().stream()).findFirst())
            .or(
                () ->
                    host.looks().stream()
                        .filter(
                            _ -> host.looks().stream().allMatch(SmtpLook.Refused.class::isInstance))
                        .map(look -> ((SmtpLook.Refused) look).why())
                        .findFirst());
    unseen.ifPresent(
        why ->
            judgement.add(
                Gap.of(MtaStsProbe.NAME, subject, why, StsRules.CERT.id()).subject(subject)));
    host.looks().stream()
        .flatMap(look -> refusal(host.name(), look).stream())
        .findFirst()
        .ifPresent(
            failed ->
                judgement.add(
                    Finding.of(
                            StsRules.CERT,
                            subject,
                            "%s does not satisfy the MTA-STS policy of %s: %s"
                                .formatted(subject, domain.name(), failed.why()))
                        .severity(severity)
                        .cause(failed.target().host() + ":" + failed.target().port())
                        .with("address", failed.target().address().getHostAddress())));
  }

  /** An address at which a sender that honours the policy would not deliver. */
  private record Failed(maildrift.probes.smtp.Smtp.Target target, String why) {}

  /** RFC 8461 §4.2. A handshake of ours is TLS 1.2 at least. */
  private Optional<Failed> refusal(DnsName host, SmtpLook look) {
    if (!(look instanceof SmtpLook.Spoke(var target, var _, var _, var tls))) {
      return Optional.empty();
    }
    var why =
        switch (tls) {
          case SmtpLook.NotOffered _ -> Optional.of("it does not offer STARTTLS");
          case SmtpLook.Declined(var reply) -> Optional.of("it refuses STARTTLS: " + reply);
          case SmtpLook.NoHandshake(var _, var reason) ->
              Optional.of("a modern client cannot negotiate TLS with it: " + reason);
          case SmtpLook.Interrupted _ -> Optional.<String>empty();
          case SmtpLook.Handshake handshake ->
              anchors.refusal(handshake.chain(), host, context.now());
        };
    return why.map(reason -> new Failed(target, reason));
  }

  private Finding finding(Rule rule, String message) {
    return Finding.of(rule, domain.name().toString(), message);
  }
}

package maildrift.probes.dane;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maildrift.probes.Context;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.Judgement;
import maildrift.probes.Memory;
import maildrift.probes.Rule;
import maildrift.probes.Severity;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.Rdata;
import maildrift.probes.dns.Secured;
import maildrift.probes.dns.Security;
import maildrift.probes.dns.Signature;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.smtp.SmtpLook;
import maildrift.probes.tls.MailHosts;

/** Judges one MX host. */
final class HostJudge {
  private static final int MAX_SHOWN = 20;
  private static final int MAX_DATA = 160;

  /** Resolvers keep nothing for longer (RFC 8767 §4). */
  private static final Duration MAX_TTL = Duration.ofDays(7);

  private final ManagedDomain domain;
  private final DaneSeen seen;
  private final DaneSeen.Host host;
  private final Context context;
  private final Instant now;
  private final Judgement.Builder judgement;
  private final String subject;
  private final List<Rdata.Tlsa> records;
  private final List<Rdata.Tlsa> usable;

  /** Those that any address fits. */
  private final Set<Rdata.Tlsa> matched = new LinkedHashSet<>();

  HostJudge(
      ManagedDomain domain,
      DaneSeen seen,
      DaneSeen.Host host,
      Context context,
      Judgement.Builder judgement) {
    this.domain = domain;
    this.seen = seen;
    this.host = host;
    this.context = context;
    this.now = context.now();
    this.judgement = judgement;
    this.subject = host.name().toString();
    this.records = host.tlsa().records(Rdata.Tlsa.class);
    this.usable = records.stream().filter(TlsaMatch::isUsable).toList();
  }

  /** Adds findings and gaps; gives the facts. */
  Map<String, Object> judge() {
    var facts = new LinkedHashMap<String, Object>();
    facts.put("host", subject);
    facts.put("owner", host.owner().toString());
    host.secured()
        .ifPresent(
            secured -> {
              facts.put("status", secured.tlsa().security().word());
              facts.put(
                  "addressStatus",
                  secured.addresses().stream()
                      .map(one -> one.security().word())
                      .distinct()
                      .collect(Collectors.joining(", ")));
            });
    switch (host.tlsa()) {
      case Answer.Unanswered unanswered -> unanswered(unanswered);
      case Answer.NoData _, Answer.NoSuchName _ -> {
        // That there were none is worth knowing only where there are some at times.
        var record = Rollover.record(host.owner());
        if (context.memory().of(record).isPresent()) {
          judgement.record(record, "");
        }
      }
      case Answer.Found(_, _, var ttl, _, _) -> {
        facts.put("records", shown(records));
        if (bogus()) {
          return facts;
        }
        secure();
        parameters();
        var window = window(ttl);
        var rollover =
            Rollover.of(
                records,
                context.memory().of(Rollover.record(host.owner())).map(Memory.Past::last),
                now,
                window);
        judgement.record(Rollover.record(host.owner()), rollover.value());
        facts.put("matches", matches(rollover, window));
        announced(rollover, window).ifPresent(next -> facts.put("announced", next));
      }
    }
    return facts;
  }

  /** How long somebody may hold other records than there are: two TTLs as published. */
  private Duration window(Duration cached) {
    var ttl =
        host.secured().stream()
            .flatMap(secured -> secured.tlsa().signatures().stream())
            .filter(signature -> signature.covers().equals("TLSA"))
            .map(Signature::originalTtl)
            .findFirst()
            .orElse(cached);
    return ttl.compareTo(MAX_TTL) < 0 ? ttl.multipliedBy(2) : MAX_TTL.multipliedBy(2);
  }

  private static List<String> shown(List<Rdata.Tlsa> records) {
    return records.stream().limit(MAX_SHOWN).map(HostJudge::shown).toList();
  }

  private static String shown(Rdata.Tlsa tlsa) {
    var text = tlsa.text();
    return text.length() <= MAX_DATA ? text : text.substring(0, MAX_DATA) + "…";
  }

  private Finding finding(Rule rule, String message) {
    return Finding.of(rule, subject, message).cause(host.owner() + " TLSA");
  }

  private void gap(String unseen, String why, Rule... rules) {
    judgement.add(
        Gap.of(DaneProbe.NAME, unseen, why, Stream.of(rules).map(Rule::id).toArray(String[]::new))
            .subject(subject));
  }

  // ---- What DNS says

  private void unanswered(Answer.Unanswered unanswered) {
    if (!DaneProbe.isDenial(host)) {
      judgement.add(
          Gap.of(DaneProbe.NAME, host.owner() + " TLSA", unanswered.why(), "dane.")
              .subject(subject));
      return;
    }
    var isUnsigned =
        host.secured().stream()
            .flatMap(secured -> secured.addresses().stream())
            .anyMatch(one -> one.security() instanceof Security.Insecure(var proven, _) && proven);
    judgement.add(
        finding(
                DaneRules.DENIAL,
                "the servers of %s answer for its addresses, but say SERVFAIL when asked for TLSA records"
                    .formatted(subject))
            .severity(isUnsigned ? Severity.WARNING : Severity.CRITICAL)
            .with("answer", unanswered.why()));
  }

  /** Then the records are somebody's word, and nothing is held against them. */
  private boolean bogus() {
    var secured = host.secured();
    if (secured.isEmpty()
        || !(secured.get().tlsa().security() instanceof Security.Bogus(var why))) {
      return false;
    }
    judgement.add(
        finding(
                DaneRules.DENIAL,
                "the TLSA records of %s are bogus: senders with DANE do not deliver to it"
                    .formatted(subject))
            .with("reason", why)
            .with("records", shown(records)));
    return true;
  }

  private void secure() {
    if (host.secured().isEmpty()) {
      return;
    }
    var unsigned = new ArrayList<String>();
    var ofHost = new ArrayList<Secured>(host.secured().get().addresses());
    ofHost.add(host.secured().get().tlsa());
    var all = new ArrayList<>(ofHost);
    seen.securedMx().ifPresent(all::add);
    for (var one : all) {
      switch (one.security()) {
        case Security.Secure _ -> {}
        case Security.Insecure _ -> unsigned.add(one.question() + " is not signed");
        case Security.Bogus _ -> unsigned.add(one.question() + " is bogus");
        case Security.Indeterminate(var why) ->
            gap(one.question() + " with DNSSEC", why, DaneRules.MX_SECURE, DaneRules.DENIAL);
        case Security.Unseen(var why) ->
            gap(one.question() + " with DNSSEC", why, DaneRules.MX_SECURE, DaneRules.DENIAL);
      }
    }
    if (unsigned.isEmpty()) {
      return;
    }
    var isForeign =
        !host.name().isWithin(domain.name()) && ofHost.stream().allMatch(Secured::isSecure);
    judgement.add(
        finding(
                DaneRules.MX_SECURE,
                "%s has TLSA records that senders cannot use: %s"
                    .formatted(subject, String.join(", ", unsigned)))
            .severity(isForeign ? Severity.WARNING : Severity.CRITICAL)
            .cause(isForeign ? domain.name() + " DNSSEC" : host.owner() + " TLSA")
            .with("unsigned", unsigned));
  }

  private void parameters() {
    var ignored = records.stream().filter(one -> one.usage() != 2 && one.usage() != 3).toList();
    if (!ignored.isEmpty()) {
      judgement.add(
          finding(
                  DaneRules.USAGE,
                  "%s has a TLSA record of usage %d, which senders of mail ignore"
                      .formatted(subject, ignored.getFirst().usage()))
              .with("records", shown(ignored)));
    }
    var objections = new LinkedHashSet<String>();
    var worst = Severity.INFO;
    for (var one : records) {
      var what = "%d %d %d".formatted(one.usage(), one.selector(), one.matchingType());
      if (!TlsaMatch.hasSenseInParameters(one)) {
        objections.add(what + " is unusable (selector, matching type or length)");
        worst = Severity.WARNING;
      } else if (one.matchingType() == 0) {
        objections.add(what + " carries a whole certificate or key");
        worst = Severity.WARNING;
      } else if (one.usage() == TlsaMatch.DANE_EE && one.selector() == 0) {
        objections.add(what + " changes with every renewal");
      }
    }
    if (!usable.isEmpty() && usable.stream().allMatch(one -> one.matchingType() == 2)) {
      objections.add("there is SHA-512 alone, which not every sender knows");
      worst = Severity.WARNING;
    }
    if (!objections.isEmpty()) {
      judgement.add(
          finding(
                  DaneRules.PARAMS,
                  "of the TLSA records of %s %s"
                      .formatted(
                          subject, objections.stream().limit(3).collect(Collectors.joining("; "))))
              .severity(worst)
              .with("records", shown(records)));
    }
    if (usable.size() == 1) {
      judgement.add(
          finding(
                  DaneRules.ROLLOVER,
                  "%s has one usable TLSA record only, so its next key cannot be announced"
                      .formatted(subject))
              .with("records", shown(records)));
    }
  }

  // ---- What the host presents

  /** What one address showed. */
  private record Shown(
      SmtpLook look, Optional<X509Certificate> leaf, Set<Rdata.Tlsa> matching, String why) {

    String address() {
      return look.target().address().getHostAddress();
    }
  }

  /** Of the next key, as it should be: published, and not used yet. */
  private Optional<Map<String, Object>> announced(Rollover rollover, Duration window) {
    var next = usable.stream().filter(one -> !matched.contains(one)).toList();
    if (matched.isEmpty() || next.isEmpty()) {
      return Optional.empty();
    }
    var fact = new LinkedHashMap<String, Object>();
    fact.put("records", shown(next));
    var since = rollover.since(next);
    since.ifPresent(
        at -> {
          fact.put("since", at.toString());
          fact.put("usableFrom", at.plus(window).toString());
        });
    fact.put("usable", since.isEmpty() || !since.get().plus(window).isAfter(now));
    return Optional.of(fact);
  }

  /** RFC 7671 §8.1: senders that hold the records of before must find that one fits. */
  private Optional<Finding> tooEarly(Rollover rollover, Duration window, List<SmtpLook> looks) {
    var held = rollover.held(now, window).stream().filter(TlsaMatch::isUsable).toList();
    if (held.isEmpty() || host.secured().filter(one -> one.tlsa().isSecure()).isEmpty()) {
      return Optional.empty();
    }
    var wrong = looks.stream().filter(look -> fits(look, held).isEmpty()).toList();
    var since = rollover.since(List.copyOf(matched));
    if (wrong.isEmpty() || since.isEmpty()) {
      return Optional.empty();
    }
    var until = since.get().plus(window);
    return Optional.of(
        finding(
                DaneRules.ROLLOVER_ORDER,
                "%s presents a key whose TLSA record was first seen at %s: senders that hold the records of before do not deliver to it until %s, and so long the old key should have stayed"
                    .formatted(subject, since.get(), until))
            .with("held", shown(held))
            .with("since", since.get().toString())
            .with("until", until.toString())
            .with(
                "addresses",
                wrong.stream().map(look -> look.target().address().getHostAddress()).toList()));
  }

  private Set<Rdata.Tlsa> fits(SmtpLook look, List<Rdata.Tlsa> these) {
    return look instanceof SmtpLook.Spoke(_, _, _, SmtpLook.Handshake handshake)
        ? hold(look, MailHosts.certificates(handshake), these).matching()
        : Set.of();
  }

  private List<Map<String, Object>> matches(Rollover rollover, Duration window) {
    var fitting = new ArrayList<SmtpLook>();
    var facts = new ArrayList<Map<String, Object>>();
    var wrong = new ArrayList<Shown>();
    var anchors = new ArrayList<Shown>();
    var known = 0;
    for (var look : host.looks()) {
      var fact = new LinkedHashMap<String, Object>();
      fact.put("address", look.target().address().getHostAddress());
      facts.add(fact);
      var unseen = unseen(look);
      if (unseen.isPresent()) {
        fact.put("outcome", "unobservable");
        gap(
            subject + " at " + look.target().address().getHostAddress(),
            unseen.get(),
            DaneRules.MATCH,
            DaneRules.TA_NAME,
            DaneRules.STALE,
            DaneRules.ROLLOVER_ORDER);
        continue;
      }
      known++;
      var shown = new ArrayList<Shown>();
      hold(look).forEach(shown::add);
      var one = shown.getFirst();
      matched.addAll(one.matching());
      if (!one.matching().isEmpty()) {
        fitting.add(look);
      }
      fact.put("outcome", "observed");
      fact.put("matched", usable.isEmpty() ? null : !one.matching().isEmpty());
      if (!usable.isEmpty() && one.matching().isEmpty()) {
        (one.leaf().isPresent() && one.why().startsWith(ANCHOR) ? anchors : wrong).add(one);
      }
    }
    mismatch(wrong, DaneRules.MATCH, known).ifPresent(judgement::add);
    mismatch(anchors, DaneRules.TA_NAME, known).ifPresent(judgement::add);
    tooEarly(rollover, window, fitting).ifPresent(judgement::add);
    var stale = usable.stream().filter(one -> !matched.contains(one)).toList();
    if (!matched.isEmpty() && !stale.isEmpty() && known == host.looks().size()) {
      judgement.add(
          finding(
                  DaneRules.STALE,
                  "%d of %d usable TLSA records of %s match nothing that it presents"
                      .formatted(stale.size(), usable.size(), subject))
              .with("records", shown(stale)));
    }
    return facts;
  }

  private static final String ANCHOR = "by usage 2: ";

  private Optional<String> unseen(SmtpLook look) {
    return switch (look) {
      case SmtpLook.Unobservable(_, var why) -> Optional.of(why);
      case SmtpLook.Refused(_, var why) -> Optional.of(why);
      case SmtpLook.Spoke(_, _, _, SmtpLook.Interrupted(var why)) ->
          Optional.of("STARTTLS was interrupted: " + why);
      case SmtpLook.Spoke _ -> Optional.empty();
    };
  }

  private Stream<Shown> hold(SmtpLook look) {
    if (!(look instanceof SmtpLook.Spoke spoke)) {
      return Stream.of(new Shown(look, Optional.empty(), Set.of(), ""));
    }
    return Stream.of(
        switch (spoke.tls()) {
          case SmtpLook.Handshake handshake -> hold(look, MailHosts.certificates(handshake));
          case SmtpLook.NotOffered _ -> without(look, "it does not offer STARTTLS");
          case SmtpLook.Declined(var reply) -> without(look, "it declines STARTTLS: " + reply);
          case SmtpLook.NoHandshake(_, var why) -> without(look, "the handshake fails: " + why);
          case SmtpLook.Interrupted(var why) -> without(look, why);
        });
  }

  private static Shown without(SmtpLook look, String why) {
    return new Shown(look, Optional.empty(), Set.of(), why);
  }

  private Shown hold(SmtpLook look, List<X509Certificate> chain) {
    return hold(look, chain, usable);
  }

  private Shown hold(SmtpLook look, List<X509Certificate> chain, List<Rdata.Tlsa> these) {
    if (chain.isEmpty()) {
      return without(look, "its certificates cannot be read");
    }
    var names = Stream.of(host.base(), host.name(), domain.name()).distinct().toList();
    var matching = new LinkedHashSet<Rdata.Tlsa>();
    var why = "its certificate is another one";
    for (var one : these) {
      switch (TlsaMatch.match(one, chain, names, now)) {
        case TlsaMatch.Result.Matches _ -> matching.add(one);
        case TlsaMatch.Result.Differs _ -> {}
        case TlsaMatch.Result.AnchorAlone(var text) -> why = ANCHOR + text;
      }
    }
    if (!why.startsWith(ANCHOR)
        && these.stream().allMatch(one -> one.usage() == TlsaMatch.DANE_TA)) {
      why = why + ", or the authority's own certificate is not sent";
    }
    return new Shown(look, Optional.of(chain.getFirst()), matching, why);
  }

  private Optional<Finding> mismatch(List<Shown> wrong, Rule rule, int known) {
    if (wrong.isEmpty()) {
      return Optional.empty();
    }
    var first = wrong.getFirst();
    var where =
        wrong.size() == known
            ? ""
            : " (at %s)"
                .formatted(wrong.stream().map(Shown::address).collect(Collectors.joining(", ")));
    var finding =
        finding(
                rule,
                "%s does not fit its TLSA records: %s%s"
                    .formatted(subject, first.why().replace(ANCHOR, ""), where))
            .with("records", shown(usable))
            .with("addresses", wrong.stream().map(Shown::address).toList());
    return Optional.of(
        first
            .leaf()
            .map(
                leaf ->
                    finding.remedy(
                        "Publish this record beside the present ones, and remove those when two TTLs have passed: "
                            + TlsaMatch.recommended(host.owner(), leaf)))
            .orElse(finding));
  }
}

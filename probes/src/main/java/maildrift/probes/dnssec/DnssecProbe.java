package maildrift.probes.dnssec;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maildrift.probes.Context;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.Judgement;
import maildrift.probes.Network;
import maildrift.probes.Outcome;
import maildrift.probes.Probe;
import maildrift.probes.Rule;
import maildrift.probes.Severity;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Question;
import maildrift.probes.dns.Rdata;
import maildrift.probes.dns.RecordType;
import maildrift.probes.dns.Secured;
import maildrift.probes.dns.Security;
import maildrift.probes.dns.Signature;
import maildrift.probes.domain.ManagedDomain;

/**
 * Is the domain signed, does a chain of trust lead to it, and for how long? (RFC 4035)
 *
 * <p>A domain without a trace of signatures costs two questions besides the chain that all share.
 */
public final class DnssecProbe implements Probe<DnssecSeen> {
  private static final String NAME = "dnssec";
  private static final int MAX_HOSTS = 10;
  private static final Duration CRITICAL_LEFT = Duration.ofDays(2);
  private static final Duration WARNING_LEFT = Duration.ofDays(5);

  /** Who signs for so little signs all the time; days say nothing then. */
  private static final Duration SHORT_LIVED = Duration.ofDays(8);

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Rule> rules() {
    return DnssecRules.ALL;
  }

  @Override
  public DnssecSeen observe(ManagedDomain domain, Network network) {
    var name = domain.name();
    var first =
        network
            .dnssec()
            .look(
                List.of(new Question(name, RecordType.DS), new Question(name, RecordType.MX)),
                network.now());
    var ds = first.get(0);
    var mx = first.get(1);
    var zone =
        mx.signatures().stream()
            .map(Signature::signer)
            .filter(name::isWithin)
            .findFirst()
            .orElse(name);
    return new DnssecSeen(
        zone,
        ds,
        mx,
        isTrace(ds, mx) ? Optional.of(signed(name, zone, network)) : Optional.empty(),
        mx.isSecure() ? hosts(zone, mx.answer(), network) : List.of());
  }

  private static boolean isTrace(Secured ds, Secured mx) {
    return ds.answer() instanceof Answer.Found
        || !mx.signatures().isEmpty()
        || mx.security() instanceof Security.Bogus;
  }

  private static DnssecSeen.Signed signed(DnsName name, DnsName zone, Network network) {
    var questions = new ArrayList<Question>();
    questions.add(new Question(zone, RecordType.DS));
    questions.add(new Question(zone, RecordType.DNSKEY));
    questions.add(new Question(zone, RecordType.NSEC3PARAM));
    questions.add(new Question(zone, RecordType.SOA));
    questions.add(new Question(name, RecordType.TXT));
    DnsName.parse("_dmarc." + name)
        .ifPresent(owner -> questions.add(new Question(owner, RecordType.TXT)));
    var seen = network.dnssec().look(questions, network.now());
    return new DnssecSeen.Signed(
        seen.get(0), seen.get(1), seen.get(2), seen.subList(3, seen.size()));
  }

  private static List<DnssecSeen.Host> hosts(DnsName zone, Answer mx, Network network) {
    var hosts =
        mx.records(Rdata.Mx.class).stream()
            .map(Rdata.Mx::host)
            .filter(host -> !host.isRoot() && !host.isWithin(zone))
            .distinct()
            .limit(MAX_HOSTS)
            .toList();
    var seen =
        network
            .dnssec()
            .look(
                hosts.stream().map(host -> new Question(host, RecordType.A)).toList(),
                network.now());
    return seen.stream()
        .map(address -> new DnssecSeen.Host(address.question().name(), address))
        .toList();
  }

  @Override
  public Judgement judge(ManagedDomain domain, DnssecSeen seen, Context context) {
    var judgement = new Judgement.Builder();
    var status = status(seen);
    facts(judgement, seen, status);
    status(domain, seen, status, judgement);
    seen.own()
        .filter(one -> one.security() instanceof Security.Unseen && !one.equals(seen.mx()))
        .findFirst()
        .ifPresent(one -> judgement.add(gap(one, DnssecRules.STATUS, DnssecRules.SIG_EXPIRY)));
    seen.signed()
        .ifPresent(
            signed -> {
              keys(domain, seen, signed, judgement);
              expiry(domain, seen, context.now(), judgement);
              iterations(domain, seen, signed, judgement);
            });
    hosts(seen, judgement);
    return judgement.build(
        switch (status.security()) {
          case Security.Secure _, Security.Bogus _ -> Outcome.OBSERVED;
          case Security.Insecure _ -> Outcome.ABSENT;
          case Security.Indeterminate _, Security.Unseen _ -> Outcome.UNOBSERVABLE;
        });
  }

  /** The domain is as good as the worst of its records. */
  private static Secured status(DnssecSeen seen) {
    return seen.own()
        .filter(one -> one.security() instanceof Security.Bogus)
        .findFirst()
        .orElse(seen.mx());
  }

  private static Gap gap(Secured one, Rule... rules) {
    var why =
        switch (one.security()) {
          case Security.Unseen(var text) -> text;
          case Security.Indeterminate(var text) -> text;
          case Security.Insecure(_, var text) -> text;
          case Security.Bogus(var text) -> text;
          case Security.Secure _ -> "";
        };
    return Gap.of(
        NAME,
        one.question() + " with DNSSEC",
        why,
        Stream.of(rules).map(Rule::id).toArray(String[]::new));
  }

  private static void status(
      ManagedDomain domain, DnssecSeen seen, Secured status, Judgement.Builder judgement) {
    var name = domain.name().toString();
    var record = name + " DNSSEC";
    switch (status.security()) {
      case Security.Secure _ -> judgement.record(record, status.security().word());
      case Security.Insecure(var proven, var why) -> {
        // What nothing proves may be an outage of the chain: no change is told of it.
        if (proven) {
          judgement.record(record, status.security().word());
        }
        judgement.add(
            Finding.of(DnssecRules.STATUS, name, insecure(name, seen))
                .severity(Severity.INFO)
                .cause(seen.zone() + " DNSSEC")
                .with("status", "insecure")
                .with("proven", proven)
                .with("reason", why)
                .remedy(remedyOfInsecure(seen)));
      }
      case Security.Bogus(var why) ->
          judgement.add(
              Finding.of(
                      DnssecRules.STATUS,
                      name,
                      "%s is bogus: validating resolvers answer SERVFAIL for it"
                          .formatted(status.question()))
                  .cause(seen.zone() + " DNSSEC")
                  .with("status", "bogus")
                  .with("record", status.question().toString())
                  .with("reason", why)
                  .with("validatedBy", status.by()));
      case Security.Indeterminate _, Security.Unseen _ ->
          judgement.add(gap(status, DnssecRules.ALL.toArray(Rule[]::new)));
    }
  }

  private static String insecure(String name, DnssecSeen seen) {
    if (seen.signed().isEmpty()) {
      return name + " is not signed with DNSSEC";
    }
    return Key.Ds.of(seen.signed().get().ds().answer()).isEmpty()
        ? "%s is signed, but no DS record at its parent says so, so nobody can tell"
            .formatted(seen.zone())
        : "%s is signed, but not so that validators take it for signed".formatted(seen.zone());
  }

  private static String remedyOfInsecure(DnssecSeen seen) {
    return seen.signed()
        .flatMap(
            signed ->
                Key.of(seen.zone(), signed.keys().answer()).stream()
                    .filter(Key::isEntryPoint)
                    .findFirst())
        .map(key -> "Give the registrar this DS record: " + key.asDs())
        .orElse(
            "Turn DNSSEC on at the DNS operator of %s and give the registrar the DS record."
                .formatted(seen.zone()));
  }

  private static void keys(
      ManagedDomain domain,
      DnssecSeen seen,
      DnssecSeen.Signed signed,
      Judgement.Builder judgement) {
    var ds = Key.Ds.of(signed.ds().answer());
    var keys = Key.of(seen.zone(), signed.keys().answer());
    // Keys that are secure hang from something: a DS record, or an anchor of their own.
    if (isUnanswered(signed.keys()) || (isUnanswered(signed.ds()) && !signed.keys().isSecure())) {
      judgement.add(
          gap(
              isUnanswered(signed.keys()) ? signed.keys() : signed.ds(),
              DnssecRules.DS_MISMATCH,
              DnssecRules.ALGO));
      return;
    }
    var unmatched =
        !ds.isEmpty()
            && ds.stream().allMatch(Key.Ds::isKnown)
            && ds.stream().noneMatch(one -> keys.stream().anyMatch(one::matches));
    if (unmatched) {
      judgement.add(
          Finding.of(
                  DnssecRules.DS_MISMATCH,
                  domain.name().toString(),
                  keys.isEmpty()
                      ? "the parent of %s has a DS record, but the zone has no key"
                          .formatted(seen.zone())
                      : "the parent of %s names key %s, but the zone's keys are %s"
                          .formatted(
                              seen.zone(),
                              joined(ds.stream().map(Key.Ds::keyTag).toList()),
                              joined(keys.stream().map(Key::tag).toList())))
              .cause(seen.zone() + " DS")
              .with("ds", ds.stream().map(Key.Ds::shown).toList())
              .remedy(
                  keys.stream()
                      .filter(Key::isEntryPoint)
                      .findFirst()
                      .or(() -> keys.stream().filter(Key::maySign).findFirst())
                      .map(
                          key ->
                              "Give the registrar this DS record in place of the old one: "
                                  + key.asDs())
                      .orElse("Have the DS record removed at the registrar, or sign the zone.")));
    }
    algorithms(domain, seen, ds, keys).ifPresent(judgement::add);
  }

  private static String joined(List<Integer> tags) {
    return tags.stream().distinct().limit(6).map(String::valueOf).collect(Collectors.joining(", "));
  }

  private static boolean isUnanswered(Secured one) {
    return one.answer() instanceof Answer.Unanswered;
  }

  private static Optional<Finding> algorithms(
      ManagedDomain domain, DnssecSeen seen, List<Key.Ds> ds, List<Key> keys) {
    var objections = new ArrayList<String>();
    var worst = Severity.INFO;
    for (var algorithm : new TreeSet<>(keys.stream().map(Key::algorithm).toList())) {
      var objection = Algorithms.objection(algorithm);
      if (objection.isPresent()) {
        objections.add("keys of %s (%d)".formatted(Algorithms.name(algorithm), algorithm));
        worst = objection.get().compareTo(worst) > 0 ? objection.get() : worst;
      }
    }
    if (!ds.isEmpty() && ds.stream().allMatch(one -> one.digestType() == 1)) {
      objections.add("a DS record of digest type 1 (SHA-1) alone");
      worst = Severity.WARNING;
    }
    return objections.isEmpty()
        ? Optional.empty()
        : Optional.of(
            Finding.of(
                    DnssecRules.ALGO,
                    domain.name().toString(),
                    "%s has %s".formatted(seen.zone(), String.join(" and ", objections)))
                .severity(worst)
                .cause(seen.zone() + " DNSSEC"));
  }

  /** The zone's own signatures; those of its DS record are the parent's business. */
  private static Stream<Signature> signatures(DnssecSeen seen) {
    return seen.own()
        .flatMap(one -> one.signatures().stream())
        .filter(signature -> signature.signer().equals(seen.zone()));
  }

  private static void expiry(
      ManagedDomain domain, DnssecSeen seen, Instant now, Judgement.Builder judgement) {
    signatures(seen)
        .filter(signature -> severity(signature, now).isPresent())
        .max(
            Comparator.comparing((Signature one) -> severity(one, now).orElseThrow())
                .thenComparing(Signature::expiration, Comparator.reverseOrder()))
        .ifPresent(
            signature -> {
              var left = Duration.between(now, signature.expiration());
              judgement.add(
                  Finding.of(
                          DnssecRules.SIG_EXPIRY,
                          domain.name().toString(),
                          left.isNegative()
                              ? "the signature of %s %s expired on %s"
                                  .formatted(
                                      signature.owner(), signature.covers(), signature.expiration())
                              : "the signature of %s %s expires on %s, in %s"
                                  .formatted(
                                      signature.owner(),
                                      signature.covers(),
                                      signature.expiration(),
                                      words(left)))
                      .severity(severity(signature, now).orElseThrow())
                      .cause(seen.zone() + " DNSSEC")
                      .with("inception", signature.inception().toString())
                      .with("expiration", signature.expiration().toString()));
            });
  }

  private static String words(Duration left) {
    return left.toDays() >= 3 ? left.toDays() + " days" : left.toHours() + " hours";
  }

  private static Optional<Severity> severity(Signature signature, Instant now) {
    var left = Duration.between(now, signature.expiration());
    var validity = signature.validity();
    var isShort = validity.compareTo(SHORT_LIVED) < 0;
    if (isShort
        ? left.multipliedBy(10).compareTo(validity) < 0
        : left.compareTo(CRITICAL_LEFT) <= 0) {
      return Optional.of(Severity.CRITICAL);
    }
    var belowQuarter = left.multipliedBy(4).compareTo(validity) < 0;
    return belowQuarter || (!isShort && left.compareTo(WARNING_LEFT) <= 0)
        ? Optional.of(Severity.WARNING)
        : Optional.empty();
  }

  private static void iterations(
      ManagedDomain domain,
      DnssecSeen seen,
      DnssecSeen.Signed signed,
      Judgement.Builder judgement) {
    if (isUnanswered(signed.nsec3Parameters())) {
      judgement.add(gap(signed.nsec3Parameters(), DnssecRules.NSEC3_ITER));
    }
    iterations(signed)
        .filter(count -> count > 0)
        .ifPresent(
            count ->
                judgement.add(
                    Finding.of(
                            DnssecRules.NSEC3_ITER,
                            domain.name().toString(),
                            "%s uses NSEC3 with %d additional iterations"
                                .formatted(seen.zone(), count))
                        .cause(seen.zone() + " DNSSEC")
                        .with("iterations", count)));
  }

  /** RFC 5155 §4.1: after hash algorithm and flags. */
  private static Optional<Integer> iterations(DnssecSeen.Signed signed) {
    return signed.nsec3Parameters().answer().records(Rdata.Other.class).stream()
        .map(Rdata.Other::data)
        .filter(hex -> hex.length() >= 8)
        .map(hex -> Integer.parseInt(hex, 4, 8, 16))
        .max(Comparator.naturalOrder());
  }

  private static void hosts(DnssecSeen seen, Judgement.Builder judgement) {
    for (var host : seen.hosts()) {
      var subject = host.name().toString();
      switch (host.address().security()) {
        case Security.Secure _ -> {}
        case Security.Insecure _ ->
            judgement.add(
                Finding.of(
                        DnssecRules.MX_ZONE,
                        subject,
                        "%s is signed, the zone of its MX host %s is not"
                            .formatted(seen.mx().question().name(), subject))
                    .cause(subject + " DNSSEC"));
        case Security.Bogus(var why) ->
            judgement.add(
                Finding.of(
                        DnssecRules.MX_ZONE,
                        subject,
                        "the addresses of the MX host %s are bogus: senders that validate cannot find it"
                            .formatted(subject))
                    .severity(Severity.CRITICAL)
                    .cause(subject + " DNSSEC")
                    .with("reason", why));
        case Security.Indeterminate _, Security.Unseen _ ->
            judgement.add(gap(host.address(), DnssecRules.MX_ZONE).subject(subject));
      }
    }
  }

  // ---- Facts

  private static void facts(Judgement.Builder judgement, DnssecSeen seen, Secured status) {
    judgement
        .fact("status", status.security().word())
        .fact("reason", reason(status.security()).orElse(null))
        .fact("validatedBy", status.by().isEmpty() ? null : status.by())
        .fact("zone", seen.zone().toString())
        .fact(
            "ds",
            Key.Ds.of(seen.signed().map(DnssecSeen.Signed::ds).orElse(seen.ds()).answer()).stream()
                .map(Key.Ds::shown)
                .toList())
        .fact(
            "keys",
            seen.signed().stream()
                .flatMap(signed -> Key.of(seen.zone(), signed.keys().answer()).stream())
                .map(DnssecProbe::fact)
                .toList())
        .fact(
            "signaturesExpire",
            signatures(seen)
                .map(Signature::expiration)
                .min(Comparator.naturalOrder())
                .map(Instant::toString)
                .orElse(null))
        .fact("nsec3Iterations", seen.signed().flatMap(DnssecProbe::iterations).orElse(null))
        .fact("records", seen.own().map(DnssecProbe::fact).toList())
        .fact(
            "mxHosts",
            seen.hosts().stream()
                .map(
                    host ->
                        Map.of(
                            "host",
                            host.name().toString(),
                            "status",
                            host.address().security().word()))
                .toList());
  }

  private static Optional<String> reason(Security security) {
    return switch (security) {
      case Security.Secure _ -> Optional.empty();
      case Security.Insecure(_, var why) -> Optional.of(why);
      case Security.Bogus(var why) -> Optional.of(why);
      case Security.Indeterminate(var why) -> Optional.of(why);
      case Security.Unseen(var why) -> Optional.of(why);
    };
  }

  private static Map<String, Object> fact(Key key) {
    var fact = new LinkedHashMap<String, Object>();
    fact.put("keyTag", key.tag());
    fact.put("algorithm", Algorithms.name(key.algorithm()));
    fact.put("flags", key.flags());
    return fact;
  }

  private static Map<String, Object> fact(Secured one) {
    var fact = new LinkedHashMap<String, Object>();
    fact.put("record", one.question().toString());
    fact.put("status", one.security().word());
    reason(one.security()).ifPresent(why -> fact.put("reason", why));
    return fact;
  }
}

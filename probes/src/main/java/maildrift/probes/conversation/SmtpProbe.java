package maildrift.probes.conversation;

import static java.util.stream.Collectors.toSet;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import maildrift.probes.Context;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.Judgement;
import maildrift.probes.Network;
import maildrift.probes.Outcome;
import maildrift.probes.Probe;
import maildrift.probes.Rule;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Question;
import maildrift.probes.dns.Rdata;
import maildrift.probes.dns.RecordType;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.smtp.Smtp;
import maildrift.probes.smtp.SmtpLook;
import maildrift.probes.smtp.Trial;
import maildrift.probes.smtp.Tried;
import maildrift.probes.tls.MailHosts;

/**
 * How do the mail hosts behave? What they offer inside TLS is read from the looks of the tls probe.
 * Whether they take mail to postmaster, mail without TLS and injected commands is tried only where
 * the operator allows it ({@link Trial}). (RFC 3207, RFC 5321 §4.5.1, RFC 8689)
 *
 * <p>What is not seen here leaves no gap: that a mail host does not answer is the tls probe's word.
 */
public final class SmtpProbe implements Probe<SmtpSeen> {
  static final String NAME = "smtp";

  private static final int MAX_ADDRESSES = 8;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Rule> rules() {
    return SmtpRules.ALL;
  }

  /** As long as there is a host somebody is looked at, which the look itself says. */
  @Override
  public boolean judgesWhatIsSeenAlone(ManagedDomain domain) {
    return true;
  }

  @Override
  public boolean looksAt(Rule rule, Judgement own) {
    return rule.equals(SmtpRules.REQUIRETLS)
        || (own.facts().get("tried") instanceof List<?> tried && tried.contains(rule.id()));
  }

  @Override
  public SmtpSeen observe(ManagedDomain domain, Network network) {
    if (domain.skip().contains("tls")) {
      return SmtpSeen.nothing();
    }
    var mx = network.dns().ask(domain.name(), RecordType.MX);
    var names = MailHosts.of(mx).stream().limit(MailHosts.MAX_HOSTS).toList();
    var places = new ArrayList<SmtpSeen.Place>();
    var unseen = new LinkedHashMap<Question, String>();
    for (var host : MailHosts.look(domain, names, network)) {
      unseen.putAll(unanswered(host.name(), host.addresses()));
      host.looks().forEach(look -> places.add(place(look, true, domain)));
    }
    var targets =
        gateways(domain, network, unseen).stream()
            // Whom only others may reach is not spoken to, unless senders are told to.
            .filter(target -> isOpen(domain, target, names))
            .filter(
                target -> places.stream().noneMatch(place -> place.look().target().equals(target)))
            .toList();
    if (!targets.isEmpty()) {
      network.smtp().look(targets).forEach(look -> places.add(place(look, false, domain)));
    }
    return new SmtpSeen(
        Optional.of(mx),
        unseen,
        tried(domain, places, network.smtp()),
        network.smtp().trials(),
        Ports.knock(domain, network));
  }

  private static boolean isOpen(ManagedDomain domain, Smtp.Target target, List<DnsName> mx) {
    return mx.contains(target.host())
        || domain.gateways().stream()
            .filter(gateway -> gateway.host().equals(target.host()))
            .noneMatch(Ports::isClosed);
  }

  /** Of a host's A and AAAA. */
  private static Map<Question, String> unanswered(DnsName host, List<Answer> answers) {
    var unseen = new LinkedHashMap<Question, String>();
    for (var i = 0; i < answers.size(); i++) {
      if (answers.get(i) instanceof Answer.Unanswered(_, var why, _)) {
        unseen.put(new Question(host, i == 0 ? RecordType.A : RecordType.AAAA), why);
      }
    }
    return unseen;
  }

  private static SmtpSeen.Place place(SmtpLook look, boolean takesMail, ManagedDomain domain) {
    var target = look.target();
    return new SmtpSeen.Place(
        look,
        takesMail,
        domain.gateways().stream()
            .filter(gateway -> gateway.port() == target.port())
            .filter(
                gateway ->
                    gateway.host().equals(target.host())
                        || gateway.addresses().contains(target.address()))
            .findFirst(),
        Map.of());
  }

  /** At their declared addresses, else at those of DNS: as the tls probe has them. */
  private static List<Smtp.Target> gateways(
      ManagedDomain domain, Network network, Map<Question, String> unseen) {
    var asked =
        domain.gateways().stream().filter(gateway -> gateway.addresses().isEmpty()).toList();
    var answers =
        network
            .dns()
            .ask(
                asked.stream()
                    .flatMap(
                        gateway ->
                            Stream.of(
                                new Question(gateway.host(), RecordType.A),
                                new Question(gateway.host(), RecordType.AAAA)))
                    .toList());
    for (var i = 0; i < asked.size(); i++) {
      unseen.putAll(unanswered(asked.get(i).host(), answers.subList(2 * i, 2 * i + 2)));
    }
    var targets = new ArrayList<Smtp.Target>();
    for (var gateway : domain.gateways()) {
      var at = asked.indexOf(gateway);
      var addresses =
          at < 0
              ? gateway.addresses().stream()
              : answers.subList(2 * at, 2 * at + 2).stream()
                  .flatMap(answer -> answer.records(Rdata.Address.class).stream())
                  .map(Rdata.Address::address);
      addresses
          .distinct()
          .limit(MAX_ADDRESSES)
          .map(address -> new Smtp.Target(gateway.host(), address, gateway.port(), at < 0))
          .forEach(targets::add);
    }
    return targets;
  }

  /** Tries what may be tried, at those that talk. */
  private static List<SmtpSeen.Place> tried(
      ManagedDomain domain, List<SmtpSeen.Place> places, Smtp smtp) {
    var allowed = smtp.trials();
    if (allowed.isEmpty()) {
      return places;
    }
    // One that is declared to require TLS is asked for the domain itself: it may refuse at RCPT.
    var privateLegs =
        places.stream()
            .filter(SmtpSeen.Place::requiresTls)
            .map(SmtpSeen.Place::subject)
            .collect(toSet());
    var wanted = new ArrayList<Set<Trial>>();
    var isPostmasterAsked = false;
    for (var place : places) {
      var trials = new LinkedHashSet<Trial>();
      if (place.look() instanceof SmtpLook.Spoke spoke) {
        if (place.handshake().isPresent()) {
          trials.add(Trial.INJECTION);
        }
        if (!(spoke.tls() instanceof SmtpLook.NotOffered)
            && (place.takesMail() || place.requiresTls())) {
          trials.add(Trial.PLAINTEXT);
        }
        // One host is enough, the first that senders go to.
        if (place.takesMail() && !isPostmasterAsked) {
          trials.add(Trial.POSTMASTER);
          isPostmasterAsked = true;
        }
      }
      trials.retainAll(allowed);
      wanted.add(trials);
    }
    var attempts = new ArrayList<Smtp.Attempt>();
    for (var i = 0; i < places.size(); i++) {
      var place = places.get(i);
      for (var trial : wanted.get(i)) {
        var isForTheDomain =
            trial == Trial.POSTMASTER
                || (trial == Trial.PLAINTEXT && privateLegs.contains(place.subject()));
        attempts.add(
            new Smtp.Attempt(
                place.look().target(),
                trial,
                Optional.of(domain.name()).filter(_ -> isForTheDomain)));
      }
    }
    var results = smtp.attempt(attempts).iterator();
    var with = new ArrayList<SmtpSeen.Place>();
    for (var i = 0; i < places.size(); i++) {
      var place = places.get(i);
      var tried = new EnumMap<Trial, Tried>(Trial.class);
      wanted.get(i).forEach(trial -> tried.put(trial, results.next()));
      with.add(new SmtpSeen.Place(place.look(), place.takesMail(), place.gateway(), tried));
    }
    return with;
  }

  @Override
  public Judgement judge(ManagedDomain domain, SmtpSeen seen, Context context) {
    var judgement = new Judgement.Builder();
    // Which hosts or addresses there are is not known, so that any subject may be hidden.
    var rules = SmtpRules.of(seen.trials()).map(Rule::id).toArray(String[]::new);
    if (seen.mx().orElse(null) instanceof Answer.Unanswered(_, var why, _)) {
      judgement.aside(Gap.of(NAME, domain.name() + " MX", why, rules));
    }
    seen.unseen()
        .forEach(
            (question, why) ->
                judgement.aside(
                    Gap.of(NAME, "%s %s".formatted(question.name(), question.type()), why, rules)));
    requireTls(domain, seen, judgement);
    seen.ports().judge(judgement);
    var hosts = new LinkedHashMap<String, List<SmtpSeen.Place>>();
    seen.places()
        .forEach(
            place -> hosts.computeIfAbsent(place.subject(), _ -> new ArrayList<>()).add(place));
    hosts.forEach((host, places) -> host(domain, host, places, seen.trials(), judgement));
    return judgement
        .fact(
            "tried",
            Stream.concat(
                    tried(hosts.values()),
                    Stream.of(SmtpRules.PORT_OPEN).filter(_ -> seen.ports().isSeen()))
                .map(Rule::id)
                .toList())
        .fact("hosts", seen.places().stream().map(SmtpProbe::facts).toList())
        .fact("ports", seen.ports().facts())
        .build(outcome(seen));
  }

  /** Rules that were held against a server's behaviour. */
  private static Stream<Rule> tried(Collection<List<SmtpSeen.Place>> hosts) {
    return hosts.stream()
        .flatMap(
            places -> {
              var isPrivateLeg = isPrivateLeg(places);
              return places.stream()
                  .flatMap(place -> place.tried().keySet().stream())
                  .map(trial -> SmtpRules.of(trial, isPrivateLeg));
            })
        .distinct();
  }

  private static Outcome outcome(SmtpSeen seen) {
    if (seen.places().stream().anyMatch(place -> place.look() instanceof SmtpLook.Spoke)
        || seen.ports().isSeen()) {
      return Outcome.OBSERVED;
    }
    return seen.places().isEmpty()
            && seen.ports().tried().isEmpty()
            && seen.unseen().isEmpty()
            && !(seen.mx().orElse(null) instanceof Answer.Unanswered)
        ? Outcome.ABSENT
        : Outcome.UNOBSERVABLE;
  }

  private static Map<String, Object> facts(SmtpSeen.Place place) {
    var facts = new LinkedHashMap<String, Object>();
    facts.put("host", place.look().target().host().toString());
    facts.put("port", place.look().target().port());
    facts.put("address", place.address());
    place
        .handshake()
        .flatMap(SmtpProbe::offersRequireTls)
        .ifPresent(has -> facts.put("requiretls", has));
    place
        .tried()
        .forEach(
            (trial, tried) ->
                facts.put(
                    trial.word(),
                    switch (tried) {
                      case Tried.Done(var reply) -> "accepted: " + reply;
                      case Tried.Declined(var reply) -> "refused: " + reply;
                      case Tried.Unseen(var why) -> "not seen: " + why;
                    }));
    return facts;
  }

  // ---- REQUIRETLS

  private static Optional<Boolean> offersRequireTls(SmtpLook.Handshake handshake) {
    return handshake
        .extensions()
        .map(
            extensions ->
                extensions.stream()
                    .anyMatch(one -> one.strip().toUpperCase(Locale.ROOT).equals("REQUIRETLS")));
  }

  private static void requireTls(ManagedDomain domain, SmtpSeen seen, Judgement.Builder judgement) {
    var name = domain.name().toString();
    var with = new LinkedHashSet<String>();
    var without = new LinkedHashSet<String>();
    for (var place : seen.places()) {
      var offers = place.handshake().flatMap(SmtpProbe::offersRequireTls);
      offers.ifPresent(has -> (has ? with : without).add(place.subject()));
      if (offers.isEmpty() && !(place.look() instanceof SmtpLook.Refused)) {
        judgement.aside(
            Gap.of(
                    NAME,
                    place.subject() + " EHLO inside TLS",
                    "not seen",
                    SmtpRules.REQUIRETLS.id())
                .subject(name));
      }
    }
    // Hardly anybody offers it: that nobody does is a fact, and no news.
    if (!with.isEmpty() && !without.isEmpty()) {
      judgement.add(
          Finding.of(
                  SmtpRules.REQUIRETLS,
                  name,
                  "%s offers REQUIRETLS, %s does not"
                      .formatted(String.join(", ", with), String.join(", ", without)))
              .cause(without.getFirst())
              .with("hosts", List.copyOf(without)));
    }
  }

  // ---- What was tried

  /** Only of what may be tried; of the rest nothing is known, and nobody wants to know. */
  private static void host(
      ManagedDomain domain,
      String host,
      List<SmtpSeen.Place> places,
      Set<Trial> allowed,
      Judgement.Builder judgement) {
    if (allowed.contains(Trial.INJECTION)) {
      injection(host, places, judgement);
    }
    if (allowed.contains(Trial.PLAINTEXT)) {
      plaintext(domain, host, places, judgement);
    }
    if (allowed.contains(Trial.POSTMASTER)) {
      postmaster(domain, host, places, judgement);
    }
  }

  private static boolean isPrivateLeg(List<SmtpSeen.Place> places) {
    return places.stream().anyMatch(SmtpSeen.Place::requiresTls);
  }

  private static void injection(
      String host, List<SmtpSeen.Place> places, Judgement.Builder judgement) {
    tried(Trial.INJECTION, SmtpRules.INJECTION, host, places, judgement, Tried.Done.class)
        .ifPresent(
            found ->
                judgement.add(
                    found.message(
                        "%s executes inside TLS a command that came with STARTTLS in the clear"
                            .formatted(host))));
  }

  private static void plaintext(
      ManagedDomain domain, String host, List<SmtpSeen.Place> places, Judgement.Builder judgement) {
    if (isPrivateLeg(places)) {
      tried(
              Trial.PLAINTEXT,
              SmtpRules.PLAINTEXT_ACCEPTED,
              host,
              places,
              judgement,
              Tried.Done.class)
          .ifPresent(
              found ->
                  judgement.add(
                      found.message(
                          "%s takes mail without TLS, which it is declared to require"
                              .formatted(host))));
    } else {
      tried(
              Trial.PLAINTEXT,
              SmtpRules.PLAINTEXT_PUBLIC,
              host,
              places,
              judgement,
              Tried.Declined.class)
          .ifPresent(
              found ->
                  judgement.add(
                      found.message(
                          "%s, an MX host of %s, refuses mail without TLS: %s"
                              .formatted(host, domain.name(), found.reply()))));
    }
  }

  private static void postmaster(
      ManagedDomain domain, String host, List<SmtpSeen.Place> places, Judgement.Builder judgement) {
    tried(
            Trial.POSTMASTER,
            SmtpRules.POSTMASTER,
            domain.name().toString(),
            places,
            judgement,
            Tried.Declined.class)
        .ifPresent(
            found ->
                judgement.add(
                    found.message(
                        "%s refuses mail to postmaster@%s: %s"
                            .formatted(host, domain.name(), found.reply()))));
  }

  /** A finding on its way to its message. */
  private record Found(Rule rule, String subject, String cause, String reply, List<String> at) {
    Finding message(String message) {
      return Finding.of(rule, subject, message)
          .cause(cause)
          .with("addresses", at)
          .with("reply", reply);
    }
  }

  /**
   * What violates the rule at any of the host's addresses; an address where it was not seen hides
   * the rule, unless another shows it.
   */
  private static Optional<Found> tried(
      Trial trial,
      Rule rule,
      String subject,
      List<SmtpSeen.Place> places,
      Judgement.Builder judgement,
      Class<? extends Tried> bad) {
    var at = new ArrayList<String>();
    var reply = Optional.<String>empty();
    for (var place : places) {
      var tried = Optional.ofNullable(place.tried().get(trial));
      if (tried.filter(bad::isInstance).isPresent()) {
        at.add(place.address());
        reply = reply.or(() -> tried.map(SmtpProbe::reply));
      } else if (tried.orElse(null) instanceof Tried.Unseen(var why)) {
        judgement.aside(
            Gap.of(NAME, "%s %s".formatted(place.subject(), trial.word()), why, rule.id())
                .subject(subject));
      } else if (place.look() instanceof SmtpLook.Unobservable(_, var why)) {
        judgement.aside(Gap.of(NAME, place.subject(), why, rule.id()).subject(subject));
      }
    }
    var cause = trial == Trial.POSTMASTER ? subject : places.getFirst().subject();
    return reply.map(said -> new Found(rule, subject, cause, said, at));
  }

  private static String reply(Tried tried) {
    return switch (tried) {
      case Tried.Done(var reply) -> reply;
      case Tried.Declined(var reply) -> reply;
      case Tried.Unseen(var why) -> why;
    };
  }
}

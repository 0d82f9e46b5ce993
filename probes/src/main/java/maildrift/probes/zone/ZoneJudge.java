package maildrift.probes.zone;

import com.google.common.base.Splitter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
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
import maildrift.probes.dns.AnswerContent;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Question;
import maildrift.probes.dns.Rdata;
import maildrift.probes.dns.Said;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.network.Cidr;
import maildrift.probes.zone.ZoneSeen.Asked;
import maildrift.probes.zone.ZoneSeen.Server;

/** Compares what the servers said. One is made for each judgement. */
final class ZoneJudge {
  private static final int MAX_SAID = 160;

  /** Of a datagram that needs no fragments on any usual way (RFC 9715). */
  private static final int MAX_DATAGRAM = 1232;

  private final ManagedDomain domain;
  private final Context context;
  private final Judgement.Builder judgement = new Judgement.Builder();

  ZoneJudge(ManagedDomain domain, Context context) {
    this.domain = domain;
    this.context = context;
  }

  Judgement judge(ZoneSeen seen) {
    return switch (seen) {
      case ZoneSeen.Nobody(var why) -> judgement.fact("notAsked", why).build(Outcome.ABSENT);
      case ZoneSeen.Unknown(var unseen, var why) ->
          judgement
              .fact("notAsked", why)
              .aside(gap(unseen, why, ZoneRules.ALL))
              .build(Outcome.UNOBSERVABLE);
      case Asked asked -> judge(asked);
    };
  }

  private static Gap gap(String unseen, String why, List<Rule> rules) {
    return Gap.of(ZoneProbe.NAME, unseen, why, rules.stream().map(Rule::id).toArray(String[]::new));
  }

  private Judgement judge(Asked seen) {
    var lame = lame(seen);
    var unreachable = unreachable(seen);
    // Whoever does not serve the zone has no say in what is in it.
    var serving =
        seen.servers().stream()
            .filter(server -> !lame.containsKey(server) && !unreachable.contains(server))
            .toList();
    var soas = soas(serving);
    facts(seen, serving, soas, unreachable);
    if (serving.stream().noneMatch(server -> isHeard(seen, server))) {
      return judgement
          .aside(
              gap(
                  "the name servers of " + seen.zone(),
                  seen.servers().stream().findFirst().map(ZoneJudge::trouble).orElse("none"),
                  ZoneRules.ALL))
          .build(Outcome.UNOBSERVABLE);
    }
    lame.forEach((server, how) -> judgement.add(lame(seen, server, how)));
    Stream.concat(
            serving.stream().filter(server -> !isHeard(seen, server)),
            unreachable.stream().filter(Server::isMissed))
        .forEach(server -> judgement.aside(gap(server.shown(), trouble(server), ofTheWhole())));
    unknown(seen)
        .forEach(
            host -> judgement.aside(gap(host.name() + " A and AAAA", why(host), ofTheWhole())));
    contradictions(seen, serving, soas);
    serials(seen, serving, soas);
    // What concerns secondaries and resolvers out there does not concern servers that only the
    // operator's word leads to.
    if (!seen.isNamed()) {
      soas.values().stream().findFirst().ifPresent(soa -> timers(seen, soa));
      delegation(seen, serving);
      hosts(seen);
      single(seen);
    }
    serving.forEach(server -> overTcp(seen, serving, server));
    truncated(seen, serving);
    timesToLive(seen, serving);
    return judgement.build(Outcome.OBSERVED);
  }

  /** What a server that is not heard, or whose address is not known, leaves open. */
  private static List<Rule> ofTheWhole() {
    return List.of(
        ZoneRules.INCONSISTENT,
        ZoneRules.SERIAL_DIFFERS,
        ZoneRules.SERIAL_BACK,
        ZoneRules.SOA_VALUES,
        ZoneRules.LAME,
        ZoneRules.TCP,
        ZoneRules.TRUNCATED,
        ZoneRules.TTL_DRIFT);
  }

  /** Whoever is at an address that could not be learned was not asked. */
  private static Stream<ZoneSeen.Host> unknown(Asked seen) {
    return Stream.concat(seen.hosts().stream(), seen.more().stream())
        .filter(
            host ->
                host.four() instanceof Answer.Unanswered
                    || host.six() instanceof Answer.Unanswered);
  }

  private static boolean isHeard(Asked seen, Server server) {
    return places(seen).anyMatch(place -> !server.answers(place).isEmpty());
  }

  private static Stream<Integer> places(Asked seen) {
    return Stream.iterate(0, place -> place < seen.questions().size(), place -> place + 1);
  }

  /** Of a server that gave no answer. */
  private static String trouble(Server server) {
    return server.shown() + ": " + trouble(server, Asked.SOA);
  }

  private static String trouble(Server server, int place) {
    return server.said(place).stream()
        .map(
            said ->
                switch (said) {
                  case Said.Unheard(_, var why) -> why;
                  case Said.NotServed(var how) -> how;
                  case Said.Truncated _ -> "truncated over UDP";
                  case Said.Answered _ -> "";
                })
        .filter(why -> !why.isEmpty())
        .distinct()
        .collect(Collectors.joining("; over TCP: "));
  }

  /**
   * Who says that it does not serve the zone. When all say so it is more likely that something
   * between us and them answers in their place, as some firewalls do.
   */
  private static Map<Server, String> lame(Asked seen) {
    var lame = new LinkedHashMap<Server, String>();
    if (seen.isWhole()
        && seen.servers().stream()
            .anyMatch(
                server ->
                    server.answers(Asked.SOA).stream()
                        .anyMatch(answer -> answer instanceof Answer.Found))) {
      seen.servers().forEach(server -> lame(server).ifPresent(how -> lame.put(server, how)));
    }
    return lame;
  }

  private static Optional<String> lame(Server server) {
    var said = server.said(Asked.SOA);
    if (said.stream().anyMatch(ZoneJudge::isServing)) {
      return Optional.empty();
    }
    return said.stream()
        .flatMap(
            one ->
                switch (one) {
                  case Said.NotServed(var how) -> Stream.of(how);
                  case Said.Answered(Answer.NoSuchName _) -> Stream.of("NXDOMAIN");
                  case Said.Answered _ -> Stream.of("there is no such zone");
                  case Said.Truncated _, Said.Unheard _ -> Stream.<String>empty();
                })
        .findFirst();
  }

  private static boolean isServing(Said said) {
    return said instanceof Said.Answered(Answer.Found _) || said instanceof Said.Truncated;
  }

  private Finding lame(Asked seen, Server server, String how) {
    return Finding.of(
            ZoneRules.LAME,
            server.subject(),
            "%s is a name server of %s, but does not serve it: asked for the SOA it says %s"
                .formatted(server.shown(), seen.zone(), how))
        .cause(server.at().toString())
        .with("server", server.at().toString())
        .with("says", how);
  }

  /** Servers of a family of addresses that leads nowhere from here, while the other one does. */
  private static Set<Server> unreachable(Asked seen) {
    var far = new LinkedHashSet<Server>();
    for (var six : List.of(true, false)) {
      var family = seen.servers().stream().filter(server -> server.isSix() == six).toList();
      if (family.size() < seen.servers().size()
          && family.stream().allMatch(server -> hasNoRoute(seen, server))) {
        far.addAll(family);
      }
    }
    return far;
  }

  private static boolean hasNoRoute(Asked seen, Server server) {
    return places(seen)
        .flatMap(place -> server.said(place).stream())
        .allMatch(
            said ->
                said instanceof Said.Unheard(var failure, _) && failure == Answer.Failure.NETWORK);
  }

  /** By server, of those that answered. */
  private static Map<Server, Rdata.Soa> soas(List<Server> serving) {
    var soas = new LinkedHashMap<Server, Rdata.Soa>();
    for (var server : serving) {
      server.answers(Asked.SOA).stream()
          .flatMap(answer -> answer.records(Rdata.Soa.class).stream())
          .findFirst()
          .ifPresent(soa -> soas.put(server, soa));
    }
    return soas;
  }

  private void facts(
      Asked seen, List<Server> serving, Map<Server, Rdata.Soa> soas, Set<Server> unreachable) {
    var isWhole =
        unreachable.stream().noneMatch(Server::isMissed) && unknown(seen).findFirst().isEmpty();
    Predicate<Integer> isCompared = place -> isWhole && isCompared(serving, place);
    judgement
        .fact("zone", seen.zone().toString())
        .fact(
            "servers",
            seen.servers().stream()
                .map(
                    server -> {
                      var fact = new LinkedHashMap<String, Object>();
                      fact.put("name", server.name());
                      fact.put("address", server.at().toString());
                      fact.put("udp", word(seen, server, Server::overUdp));
                      fact.put("tcp", word(seen, server, Server::overTcp));
                      Optional.ofNullable(soas.get(server))
                          .ifPresent(soa -> fact.put("serial", soa.serial()));
                      return fact;
                    })
                .toList())
        .fact("ttls", ttls(seen, serving))
        .fact(ZoneProbe.COMPARED, questions(seen, isCompared))
        .fact(ZoneProbe.NOT_COMPARED, questions(seen, isCompared.negate()))
        .fact("delegation", seen.parent().map(ZoneJudge::texts).orElse(null));
    if (!seen.behind().isEmpty()) {
      judgement.fact(ZoneProbe.BEHIND, seen.behind().stream().map(Question::toString).toList());
    }
    if (!seen.leftOut().isEmpty() || !unreachable.isEmpty()) {
      judgement.fact(
          "leftOut",
          Stream.concat(
                  seen.leftOut().stream(),
                  unreachable.stream().map(server -> server.shown() + ": no route"))
              .limit(26)
              .toList());
    }
  }

  private static List<String> questions(Asked seen, Predicate<Integer> those) {
    return places(seen)
        .filter(place -> place != Asked.SOA)
        .filter(those)
        .map(place -> seen.questions().get(place).toString())
        .toList();
  }

  private static String word(Asked seen, Server server, BiFunction<Server, Integer, Said> way) {
    var all = places(seen).map(place -> way.apply(server, place)).toList();
    if (all.stream().anyMatch(said -> said instanceof Said.Answered)) {
      return "answers";
    }
    return switch (all.getFirst()) {
      case Said.NotServed _ -> "does not serve";
      case Said.Unheard(var failure, _) -> failure.word();
      case Said.Truncated _, Said.Answered _ -> "answers";
    };
  }

  /** As published, the smallest of all servers'; for records that are there. */
  private Map<String, Object> ttls(Asked seen, List<Server> serving) {
    var ttls = new LinkedHashMap<String, Object>();
    var dkim = new LinkedHashMap<String, Object>();
    places(seen)
        .forEach(
            place -> {
              var question = seen.questions().get(place);
              serving.stream()
                  .flatMap(server -> server.answers(place).stream())
                  .filter(Answer.Found.class::isInstance)
                  .mapToLong(answer -> ((Answer.Found) answer).ttl().toSeconds())
                  .min()
                  .ifPresent(
                      ttl -> {
                        var kind = kind(question);
                        if (kind.isEmpty()) {
                          dkim.put(question.name().toString(), ttl);
                        } else {
                          ttls.put(kind, ttl);
                        }
                      });
            });
    if (!dkim.isEmpty()) {
      ttls.put("dkim", dkim);
    }
    return ttls;
  }

  /** Empty for a key. */
  private String kind(Question question) {
    return switch (question.type()) {
      case SOA -> "soa";
      case NS -> "ns";
      case MX -> "mx";
      default ->
          question.name().equals(domain.name())
              ? "spf"
              : question.name().toString().startsWith("_dmarc.") ? "dmarc" : "";
    };
  }

  /** Whether every server said something. */
  private static boolean isCompared(List<Server> serving, int place) {
    return !serving.isEmpty()
        && serving.stream().noneMatch(server -> server.answers(place).isEmpty());
  }

  /** What a server said that others did not. */
  private record Version(String text, List<String> servers) {}

  private void contradictions(Asked seen, List<Server> serving, Map<Server, Rdata.Soa> soas) {
    var serialsDiffer = soas.values().stream().map(Rdata.Soa::serial).distinct().count() > 1;
    for (var place = Asked.NS; place < seen.questions().size(); place++) {
      var question = seen.questions().get(place);
      var versions = versions(serving, place);
      if (versions.size() > 1) {
        judgement.add(contradiction(seen, question, versions, serialsDiffer));
      }
      var at = place;
      // A part of the zone that is delegated on is not theirs to serve.
      serving.stream()
          .filter(server -> isHeard(seen, server) && server.answers(at).isEmpty())
          .filter(server -> server.said(at).stream().noneMatch(Said.NotServed.class::isInstance))
          .findFirst()
          .ifPresent(
              server ->
                  judgement.aside(
                      gap(
                              question + " at " + server.shown(),
                              trouble(server, at),
                              List.of(ZoneRules.INCONSISTENT, ZoneRules.TTL_DRIFT))
                          .subject(question.toString())));
    }
  }

  private static List<Version> versions(List<Server> serving, int place) {
    var texts = new LinkedHashMap<List<Object>, String>();
    var who = new LinkedHashMap<List<Object>, List<String>>();
    for (var server : serving) {
      var overUdp = content(server.overUdp(place));
      var overTcp = content(server.overTcp(place));
      for (var said : server.said(place)) {
        if (said instanceof Said.Answered(var answer)) {
          var content = AnswerContent.of(answer);
          texts.putIfAbsent(content, AnswerContent.text(answer, MAX_SAID));
          var same = overUdp.isEmpty() || overTcp.isEmpty() || overUdp.equals(overTcp);
          var name =
              server.shown()
                  + (same ? "" : said.equals(server.overUdp(place)) ? " over UDP" : " over TCP");
          var names = who.computeIfAbsent(content, _ -> new ArrayList<>());
          if (!names.contains(name)) {
            names.add(name);
          }
        }
      }
    }
    return texts.entrySet().stream()
        .map(
            version ->
                new Version(version.getValue(), who.getOrDefault(version.getKey(), List.of())))
        .toList();
  }

  private static Optional<List<Object>> content(Said said) {
    return said instanceof Said.Answered(var answer)
        ? Optional.of(AnswerContent.of(answer))
        : Optional.empty();
  }

  private static Finding contradiction(
      Asked seen, Question question, List<Version> versions, boolean serialsDiffer) {
    var text =
        versions.stream()
            .map(
                version ->
                    "%s %s %s"
                        .formatted(
                            listed(version.servers()),
                            version.servers().size() == 1 ? "says" : "say",
                            version.text()))
            .collect(Collectors.joining("; "));
    return Finding.of(
            ZoneRules.INCONSISTENT,
            question.toString(),
            "The authoritative servers contradict each other about %s: %s%s"
                .formatted(
                    question,
                    text,
                    serialsDiffer
                        ? ". Their serials differ, so a change may still be on its way"
                        : ""))
        .cause(question.toString())
        .with("zone", seen.zone().toString())
        .with(
            "answers",
            versions.stream()
                .map(version -> listed(version.servers()) + ": " + version.text())
                .toList());
  }

  private static String listed(List<String> names) {
    return names.size() <= 4
        ? String.join(", ", names)
        : String.join(", ", names.subList(0, 3)) + " and " + (names.size() - 3) + " more";
  }

  private static List<String> texts(List<DnsName> names) {
    return names.stream().map(DnsName::toString).toList();
  }

  private void serials(Asked seen, List<Server> serving, Map<Server, Rdata.Soa> soas) {
    var zone = seen.zone().toString();
    var serials = new TreeSet<>(soas.values().stream().map(Rdata.Soa::serial).toList());
    if (serials.size() > 1) {
      judgement.add(
          Finding.of(
                  ZoneRules.SERIAL_DIFFERS,
                  zone,
                  "the name servers of %s have different serials: %s"
                      .formatted(zone, serialsOf(soas)))
              .cause(zone + " SOA")
              .with("serials", texts(soas)));
    }
    serving.stream()
        .filter(server -> isHeard(seen, server) && server.answers(Asked.SOA).isEmpty())
        .findFirst()
        .ifPresent(
            server ->
                judgement.aside(
                    gap(
                        seen.zone() + " SOA at " + server.shown(),
                        trouble(server, Asked.SOA),
                        List.of(
                            ZoneRules.SERIAL_DIFFERS,
                            ZoneRules.SERIAL_BACK,
                            ZoneRules.SOA_VALUES,
                            ZoneRules.LAME))));
    var primaries = soas.values().stream().map(Rdata.Soa::primary).distinct().toList();
    if (primaries.size() != 1) {
      return;
    }
    var record = ZoneProbe.serialRecord(seen.zone());
    var primary = primaries.getFirst().toString();
    context
        .memory()
        .of(record)
        .flatMap(past -> serial(past.last(), primary))
        .ifPresent(
            before ->
                soas.entrySet().stream()
                    .filter(soa -> Serial.isBefore(soa.getValue().serial(), before))
                    .findFirst()
                    .ifPresent(
                        soa ->
                            judgement.add(
                                Finding.of(
                                        ZoneRules.SERIAL_BACK,
                                        zone,
                                        "the serial of %s went backwards: %s has %d, all had %d before"
                                            .formatted(
                                                zone,
                                                soa.getKey().shown(),
                                                soa.getValue().serial(),
                                                before))
                                    .cause(zone + " SOA")
                                    .with("before", before)
                                    .with("serials", texts(soas))
                                    .remedy(
                                        "Give the zone a serial above %d, or have every secondary transfer it anew."
                                            .formatted(before)))));
    if (serials.size() == 1 && soas.size() == serving.size()) {
      judgement.record(record, primary + " " + serials.getFirst());
    }
  }

  /** Another primary numbers its versions as it likes. */
  private static Optional<Long> serial(String remembered, String primary) {
    var parts = Splitter.on(' ').splitToList(remembered);
    return parts.size() == 2 && parts.get(0).equals(primary)
        ? Optional.of(Long.parseLong(parts.get(1)))
        : Optional.empty();
  }

  private static String serialsOf(Map<Server, Rdata.Soa> soas) {
    return soas.entrySet().stream()
        .collect(
            Collectors.groupingBy(
                soa -> soa.getValue().serial(),
                LinkedHashMap::new,
                Collectors.mapping(soa -> soa.getKey().shown(), Collectors.toList())))
        .entrySet()
        .stream()
        .map(serial -> serial.getKey() + " at " + listed(serial.getValue()))
        .collect(Collectors.joining(", "));
  }

  private static List<String> texts(Map<Server, Rdata.Soa> soas) {
    return soas.entrySet().stream()
        .map(soa -> soa.getKey().shown() + ": " + soa.getValue().serial())
        .toList();
  }

  /** RFC 1912 §2.2, RFC 2308 §5 and RIPE-203 differ; what lies outside all of them is told. */
  private void timers(Asked seen, Rdata.Soa soa) {
    var objections = new ArrayList<String>();
    if (soa.refresh() < 1200 || soa.refresh() > 86_400) {
      objections.add("refresh %d is not within 1200 and 86400".formatted(soa.refresh()));
    }
    if (soa.retry() >= soa.refresh()) {
      objections.add("retry %d is not below refresh %d".formatted(soa.retry(), soa.refresh()));
    }
    if (soa.expire() < 604_800 || soa.expire() > 3_600_000) {
      objections.add("expire %d is not within 604800 and 3600000".formatted(soa.expire()));
    } else if (soa.expire() < soa.refresh() + soa.retry()) {
      objections.add("expire %d is below refresh and retry together".formatted(soa.expire()));
    }
    if (soa.minimum() < 60 || soa.minimum() > 86_400) {
      objections.add("minimum %d is not within 60 and 86400".formatted(soa.minimum()));
    }
    if (!objections.isEmpty()) {
      var zone = seen.zone().toString();
      judgement.add(
          Finding.of(
                  ZoneRules.SOA_VALUES,
                  zone,
                  "in the SOA record of %s %s".formatted(zone, String.join(", ", objections)))
              .cause(zone + " SOA")
              .with("soa", soa.text()));
    }
  }

  private void delegation(Asked seen, List<Server> serving) {
    var zone = seen.zone().toString();
    if (seen.parent().isEmpty()) {
      judgement.aside(
          gap(
              "the delegation of " + zone,
              "no server of the parent's says whom it delegates the zone to",
              List.of(ZoneRules.PARENT)));
      return;
    }
    var own =
        serving.stream()
            .flatMap(server -> server.answers(Asked.NS).stream())
            .map(answer -> Set.copyOf(names(answer)))
            .distinct()
            .toList();
    if (own.isEmpty()) {
      judgement.aside(
          gap(
              zone + " NS",
              serving.stream()
                  .map(server -> server.shown() + ": " + trouble(server, Asked.NS))
                  .findFirst()
                  .orElse("none"),
              List.of(ZoneRules.PARENT)));
      return;
    }
    // Where they contradict each other, that is what is wrong.
    if (own.size() != 1 || own.getFirst().isEmpty()) {
      return;
    }
    var parent = new TreeSet<>(seen.parent().get());
    var child = new TreeSet<>(own.getFirst());
    if (parent.equals(child)) {
      return;
    }
    judgement.add(
        Finding.of(
                ZoneRules.PARENT,
                zone,
                "%s is delegated to other name servers than its NS records say:%s%s"
                    .formatted(
                        zone,
                        only(" only the parent names ", parent, child),
                        only(" only the zone names ", child, parent)))
            .cause(zone + " NS")
            .with("parent", texts(List.copyOf(parent)))
            .with("zone", texts(List.copyOf(child)))
            .remedy(
                "If the zone is right, give the registrar these name servers: %s. If the delegation is right, publish its servers as the zone's NS records."
                    .formatted(String.join(", ", texts(List.copyOf(child))))));
  }

  private static List<DnsName> names(Answer answer) {
    return answer.records(Rdata.Ns.class).stream().map(Rdata.Ns::name).toList();
  }

  private static String only(String words, Set<DnsName> these, Set<DnsName> those) {
    var only = these.stream().filter(name -> !those.contains(name)).toList();
    return only.isEmpty() ? "" : words + String.join(", ", texts(only));
  }

  private void hosts(Asked seen) {
    for (var host : seen.hosts()) {
      var name = host.name().toString();
      var alias = Stream.of(host.four(), host.six()).flatMap(ZoneJudge::alias).findFirst();
      if (alias.isPresent()) {
        judgement.add(
            Finding.of(
                    ZoneRules.RESOLVES,
                    name,
                    "%s is a name server of %s, but an alias of %s"
                        .formatted(name, seen.zone(), alias.get()))
                .cause(name + " CNAME"));
      } else if (host.four().isAbsent() && host.six().isAbsent()) {
        judgement.add(
            Finding.of(
                    ZoneRules.RESOLVES,
                    name,
                    "%s is a name server of %s, but has no address".formatted(name, seen.zone()))
                .cause(name + " A"));
      } else if (host.four().records(Rdata.Address.class).isEmpty()
          && host.six().records(Rdata.Address.class).isEmpty()) {
        judgement.aside(
            gap(name + " A and AAAA", why(host), List.of(ZoneRules.RESOLVES)).subject(name));
      }
    }
  }

  private static String why(ZoneSeen.Host host) {
    return Stream.of(host.four(), host.six())
        .filter(Answer.Unanswered.class::isInstance)
        .map(answer -> ((Answer.Unanswered) answer).why())
        .findFirst()
        .orElse("");
  }

  private static Stream<DnsName> alias(Answer answer) {
    return switch (answer) {
      case Answer.Found found -> found.aliases().stream();
      case Answer.NoData none -> none.aliases().stream();
      case Answer.NoSuchName none -> none.aliases().stream();
      case Answer.Unanswered _ -> Stream.empty();
    };
  }

  private void single(Asked seen) {
    var answers =
        seen.hosts().stream().flatMap(host -> Stream.of(host.four(), host.six())).toList();
    // An address that is not known may be elsewhere.
    if (answers.stream().anyMatch(Answer.Unanswered.class::isInstance)) {
      judgement.aside(
          gap(
              "the addresses of the name servers",
              "some are not known",
              List.of(ZoneRules.SINGLE)));
      return;
    }
    var networks =
        answers.stream()
            .flatMap(answer -> answer.records(Rdata.Address.class).stream())
            .map(address -> network(address.address().getAddress()))
            .distinct()
            .sorted(Comparator.comparing(network -> !network.isIpv4()))
            .toList();
    // A network of the other family is no second one to whoever has this family alone.
    var isSingle =
        !networks.isEmpty()
            && networks.stream().filter(Cidr::isIpv4).count() <= 1
            && networks.stream().filter(network -> !network.isIpv4()).count() <= 1;
    var zone = seen.zone().toString();
    var what =
        seen.hosts().size() == 1
            ? Optional.of(
                "%s has a single name server, %s".formatted(zone, seen.hosts().getFirst().name()))
            : isSingle
                ? Optional.of(
                    "all name servers of %s are in one network%s"
                        .formatted(
                            zone,
                            networks.size() == 1
                                ? ", " + networks.getFirst()
                                : " of each family of addresses, %s and %s"
                                    .formatted(networks.getFirst(), networks.getLast())))
                : Optional.<String>empty();
    what.ifPresent(
        message ->
            judgement.add(
                Finding.of(ZoneRules.SINGLE, zone, message)
                    .cause(zone + " NS")
                    .with(
                        "servers",
                        texts(seen.hosts().stream().map(ZoneSeen.Host::name).toList()))));
  }

  private static Cidr network(byte[] address) {
    return Cidr.of(address, address.length == 4 ? 24 : 48);
  }

  /**
   * A refused connection is an answer, a time-out is none; and where nobody answers over TCP, it is
   * rather our own firewall that refuses.
   */
  private void overTcp(Asked seen, List<Server> serving, Server server) {
    if (places(seen).noneMatch(place -> server.overUdp(place) instanceof Said.Answered)) {
      return;
    }
    var said = places(seen).map(server::overTcp).toList();
    if (said.stream().anyMatch(one -> !(one instanceof Said.Unheard))) {
      return;
    }
    if (!(said.getFirst() instanceof Said.Unheard unheard)) {
      return;
    }
    var why = unheard.why();
    if (!unheard.isConnectionRefused()
        || serving.stream().noneMatch(other -> answersOverTcp(seen, other))) {
      judgement.aside(
          gap(server.shown() + " over TCP", why, List.of(ZoneRules.TCP)).subject(server.subject()));
      return;
    }
    var needed = places(seen).anyMatch(place -> server.overUdp(place) instanceof Said.Truncated);
    judgement.add(
        Finding.of(
                ZoneRules.TCP,
                server.subject(),
                "%s serves %s over UDP, but not over TCP: %s%s"
                    .formatted(
                        server.shown(),
                        seen.zone(),
                        why,
                        needed
                            ? "; an answer that does not fit a datagram cannot be had there"
                            : ""))
            .severity(needed ? Severity.WARNING : Severity.INFO)
            .cause(server.at().toString()));
  }

  private static boolean answersOverTcp(Asked seen, Server server) {
    return places(seen).anyMatch(place -> server.overTcp(place) instanceof Said.Answered);
  }

  /**
   * A server that would rather be asked over TCP, as many say to whoever asks often, truncates what
   * would fit, too.
   */
  private void truncated(Asked seen, List<Server> serving) {
    places(seen)
        .forEach(
            place -> {
              var question = seen.questions().get(place);
              var servers =
                  serving.stream()
                      .filter(server -> server.overUdp(place) instanceof Said.Truncated)
                      .toList();
              var largest =
                  serving.stream()
                      .flatMap(server -> server.answers(place).stream())
                      .mapToLong(answer -> octets(question, answer))
                      .max();
              var isUnheard =
                  servers.isEmpty()
                      ? serving.stream()
                          .allMatch(server -> server.overUdp(place) instanceof Said.Unheard)
                      : largest.isEmpty();
              if (isUnheard) {
                var server = servers.isEmpty() ? serving.getFirst() : servers.getFirst();
                judgement.aside(
                    gap(
                            question + " at " + server.shown(),
                            trouble(server, place),
                            List.of(ZoneRules.TRUNCATED))
                        .subject(question.toString()));
              } else if (!servers.isEmpty() && largest.orElse(0) > MAX_DATAGRAM) {
                judgement.add(
                    Finding.of(
                            ZoneRules.TRUNCATED,
                            question.toString(),
                            "the answer to %s does not fit into a datagram of %d octets"
                                .formatted(question, MAX_DATAGRAM))
                        .cause(question.toString())
                        .with("servers", servers.stream().map(Server::shown).toList()));
              }
            });
  }

  /**
   * Of a message with this answer and nothing else, about: header, question, OPT, and for each
   * record a pointer to its owner, type, class, TTL and length before its data (RFC 1035 §4.1).
   */
  private static long octets(Question question, Answer answer) {
    if (!(answer instanceof Answer.Found found)) {
      return 0;
    }
    var names =
        question.name().toString().length()
            + found.aliases().stream().mapToLong(alias -> 14L + alias.toString().length()).sum();
    var records =
        found.records().stream()
            .mapToLong(
                data ->
                    12L
                        + (data instanceof Rdata.Txt(var strings)
                            ? strings.stream().mapToLong(text -> 1L + text.length()).sum()
                            : data.text().length()))
            .sum();
    return 12 + 6 + 11 + names + records;
  }

  /**
   * What a cache in front of a server says counts down; such times are hardly ever whole minutes,
   * and say nothing.
   */
  private void timesToLive(Asked seen, List<Server> serving) {
    Function<Answer, Long> ttl = answer -> ((Answer.Found) answer).ttl().toSeconds();
    places(seen)
        .filter(place -> place != Asked.SOA)
        .forEach(
            place -> {
              var byServer = new LinkedHashMap<String, Long>();
              serving.forEach(
                  server ->
                      server.answers(place).stream()
                          .filter(Answer.Found.class::isInstance)
                          .map(ttl)
                          .min(Long::compare)
                          .ifPresent(least -> byServer.put(server.shown(), least)));
              var question = seen.questions().get(place);
              if (Set.copyOf(byServer.values()).size() > 1
                  && byServer.values().stream().allMatch(seconds -> seconds % 60 == 0)) {
                judgement.add(
                    Finding.of(
                            ZoneRules.TTL_DRIFT,
                            question.toString(),
                            "the name servers publish %s with different times to live: %s"
                                .formatted(
                                    question,
                                    byServer.entrySet().stream()
                                        .map(own -> own.getKey() + " " + own.getValue())
                                        .limit(6)
                                        .collect(Collectors.joining(", "))))
                        .cause(question.toString())
                        .with("ttls", byServer));
              }
            });
  }
}

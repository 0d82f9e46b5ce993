package maildrift.probes.gateway;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.Judgement;
import maildrift.probes.Outcome;
import maildrift.probes.Rule;
import maildrift.probes.Severity;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Rdata;
import maildrift.probes.dns.RecordType;
import maildrift.probes.dns.ReverseName;
import maildrift.probes.domain.Gateway;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.PublicSuffixes;
import maildrift.probes.network.Cidr;
import maildrift.probes.smtp.SmtpLook;
import maildrift.probes.tls.Leaf;
import maildrift.probes.tls.MailHosts;

/** Judges the names of one address; made for one look. */
final class PlaceJudge {
  private static final int MOST_SHOWN = 5;

  private final ManagedDomain domain;
  private final GatewaySeen seen;
  private final GatewaySeen.Place place;
  private final Judgement.Builder judgement;
  private final Optional<Gateway> gateway;
  private final DnsName pointer;
  private final Reverse reverse;
  private final Optional<Greeting> greeting;

  /** What the other names have to follow: no name that leads elsewhere or that is made by rule. */
  private final List<DnsName> sound;

  PlaceJudge(
      ManagedDomain domain,
      GatewaySeen seen,
      GatewaySeen.Place place,
      Judgement.Builder judgement) {
    this.domain = domain;
    this.seen = seen;
    this.place = place;
    this.judgement = judgement;
    this.gateway = place.gateway();
    this.pointer = ReverseName.of(place.address());
    this.reverse = Reverse.of(seen, place);
    this.greeting = place.look().flatMap(Greeting::of);
    this.sound =
        reverse.confirmed().stream()
            .filter(name -> !GenericName.contains(name, place.address()))
            .toList();
  }

  /** Adds what is wrong and what is hidden; returns the facts. */
  Map<String, Object> judge() {
    place.pointer().ifPresent(this::reverse);
    gateway.ifPresentOrElse(
        own -> {
          banner(own);
          own.helo().ifPresent(this::helo);
          mxName();
        },
        this::stranger);
    return facts();
  }

  // ---- Reverse names

  private void reverse(Answer answer) {
    switch (answer) {
      case Answer.Unanswered(_, var why, _) ->
          hidden(
              pointer + " PTR",
              why,
              place.subject(),
              GatewayRules.PTR,
              GatewayRules.FCRDNS,
              GatewayRules.GENERIC);
      case Answer.NoData _, Answer.NoSuchName _ ->
          add(
              finding(
                      GatewayRules.PTR,
                      place.subject(),
                      "%s has no reverse name (PTR)".formatted(who()))
                  .severity(
                      gateway.isPresent() && !place.isPrivate()
                          ? GatewayRules.PTR.severity()
                          : Severity.INFO)
                  .cause(pointer + " PTR")
                  .remedy(
                      "Whoever the address is from (access or hosting provider) has to publish in its reverse zone:\n"
                          + pointerLine()));
      case Answer.Found _ -> {
        leadsBack();
        generic();
      }
    }
  }

  private void leadsBack() {
    var denied = reverse.denied();
    if (!denied.isEmpty() && (!reverse.confirmed().isEmpty() || reverse.unseen().isEmpty())) {
      var some = !reverse.confirmed().isEmpty();
      add(
          finding(
                  GatewayRules.FCRDNS,
                  place.subject(),
                  some
                      ? "%s has %d reverse names, of which %s not lead back to it"
                          .formatted(who(), reverse.all().size(), does(denied))
                      : "%s is called %s in reverse, which does not lead back to it: %s"
                          .formatted(who(), listed(denied), leads(denied.getFirst())))
              .severity(
                  gateway.isEmpty()
                      ? Severity.INFO
                      : some || reverse.omitted() > 0 ? Severity.WARNING : Severity.CRITICAL)
              .cause(pointer + " PTR")
              .remedy(
                  some
                      ? "Remove these from the reverse zone, or publish the address at the names:\n"
                          + denied.stream()
                              .limit(MOST_SHOWN)
                              .map(name -> "%s. IN PTR %s.".formatted(pointer, name))
                              .collect(joining("\n"))
                      : "Publish the address at that name, or have the owner of the address publish its right name:\n"
                          + "%s. IN %s %s\n%s"
                              .formatted(
                                  denied.getFirst(),
                                  place.type(),
                                  Cidr.text(place.address()),
                                  pointerLine())));
      return;
    }
    if (!reverse.unseen().isEmpty()) {
      hidden(
          reverse.unseen().getFirst() + " " + place.type(),
          reverse.why(),
          place.subject(),
          GatewayRules.FCRDNS);
    }
  }

  private static String does(List<DnsName> denied) {
    return listed(denied) + (denied.size() == 1 ? " does" : " do");
  }

  /** What DNS said of a reverse name that does not lead back. */
  private String leads(DnsName name) {
    var answer = seen.addresses(name, place.type());
    var addresses = answer.map(PlaceJudge::addresses).orElse(List.of());
    return addresses.isEmpty()
        ? answer.filter(Answer.NoSuchName.class::isInstance).isPresent()
            ? "there is no such name"
            : "it has no %s record".formatted(place.type())
        : "its address is " + String.join(", ", addresses);
  }

  private void generic() {
    var names = reverse.all();
    if (names.stream().allMatch(name -> GenericName.contains(name, place.address()))) {
      add(
          finding(
                  GatewayRules.GENERIC,
                  place.subject(),
                  "%s is called %s in reverse, a name that is made of the address"
                      .formatted(who(), listed(names)))
              .cause(pointer + " PTR")
              .remedy(
                  "Whoever the address is from has to publish the gateway's own name in its place:\n"
                      + pointerLine()));
    }
  }

  private String pointerLine() {
    return "%s. IN PTR %s.".formatted(pointer, ownName());
  }

  /** What the gateway should be called. */
  private DnsName ownName() {
    return gateway
        .flatMap(Gateway::banner)
        .filter(Greeting::isFull)
        .or(() -> sound.stream().findFirst())
        .orElse(place.host());
  }

  // ---- Greeting

  private void banner(Gateway own) {
    if (place.look().isEmpty()) {
      if (own.settings().onlyFrom().isPresent()) {
        judgement.aside(
            Gap.of(GatewayProbe.NAME, server(), Gateway.UNSPOKEN, GatewayRules.BANNER.id())
                .subject(place.server()));
      }
      return;
    }
    if (greeting.isEmpty()) {
      greetingUnseen(place.look().get());
      return;
    }
    var problems = new ArrayList<String>();
    var name = greeting.get().name();
    if (name.isEmpty()) {
      problems.add("which is no full host name");
    } else {
      own.banner()
          .filter(declared -> !declared.equals(name.get()))
          .ifPresent(declared -> problems.add("its declared banner is " + declared));
      if (!sound.isEmpty() && !reverse.all().contains(name.get())) {
        problems.add("its reverse name is " + listed(sound));
      }
      if (isNowhere(name.get())) {
        problems.add("no address is published for that name");
      }
    }
    if (!problems.isEmpty()) {
      add(
          finding(
                  GatewayRules.BANNER,
                  place.server(),
                  "%s greets as %s, %s"
                      .formatted(who(), quoted(greeting.get()), joined(problems, name.isEmpty())))
              .cause(server())
              .remedy(
                  "Greet with the gateway's own name. SEPPmail: Mail System, SMTP server banner string; Postfix: myhostname and smtpd_banner:\n"
                      + ownNameSpoken()));
      return;
    }
    incomparable()
        .ifPresent(why -> hidden(pointer + " PTR", why, place.server(), GatewayRules.BANNER));
    name.filter(given -> !reverse.confirmed().contains(given))
        .ifPresent(given -> nameUnseen(given, place.server(), GatewayRules.BANNER));
  }

  private static String quoted(Greeting greeting) {
    return greeting.name().isPresent()
        ? greeting.name().get().toString()
        : greeting.first().isEmpty() ? "nobody" : "\"%s\"".formatted(greeting.first());
  }

  private static String joined(List<String> problems, boolean asIs) {
    return asIs
        ? problems.getFirst()
        : problems.size() == 1
            ? "but " + problems.getFirst()
            : "but "
                + String.join(", ", problems.subList(0, problems.size() - 1))
                + " and "
                + problems.getLast();
  }

  /** The reverse name is what the others have to follow, once it is sound. */
  private DnsName ownNameSpoken() {
    return sound.stream()
        .filter(name -> gateway.flatMap(Gateway::banner).filter(name::equals).isPresent())
        .findFirst()
        .or(() -> sound.stream().findFirst())
        .orElseGet(this::ownName);
  }

  private void greetingUnseen(SmtpLook look) {
    switch (look) {
      case SmtpLook.Unobservable(_, var why) ->
          hidden(server(), why, place.server(), GatewayRules.BANNER, GatewayRules.MX_NAME);
      case SmtpLook.Refused(_, var why) ->
          hidden(server(), why, place.server(), GatewayRules.BANNER, GatewayRules.MX_NAME);
      case SmtpLook.Spoke _ -> {}
    }
  }

  /** DNS said of both families that there is no address. */
  private boolean isNowhere(DnsName name) {
    return Stream.of(RecordType.A, RecordType.AAAA)
        .allMatch(type -> seen.addresses(name, type).filter(Answer::isAbsent).isPresent());
  }

  private void nameUnseen(DnsName name, String subject, Rule rule) {
    for (var type : List.of(RecordType.A, RecordType.AAAA)) {
      if (seen.addresses(name, type).orElse(null) instanceof Answer.Unanswered(_, var why, _)
          && Stream.of(RecordType.A, RecordType.AAAA)
              .noneMatch(
                  other ->
                      seen.addresses(name, other)
                          .filter(Answer.Found.class::isInstance)
                          .isPresent())) {
        hidden(name + " " + type, why, subject, rule);
      }
    }
  }

  /** Why other names cannot be held against the reverse name. */
  private Optional<String> incomparable() {
    return place.pointer().orElse(null) instanceof Answer.Unanswered(_, var why, _)
        ? Optional.of(why)
        : Optional.of(reverse)
            .filter(names -> names.confirmed().isEmpty() && !names.unseen().isEmpty())
            .map(Reverse::why);
  }

  // ---- HELO

  private void helo(DnsName helo) {
    if (place.pointer().isEmpty()) {
      return;
    }
    var problems = new ArrayList<String>();
    if (Greeting.isLiteral(helo)) {
      if (!isOwnLiteral(helo)) {
        problems.add("which is no address of the gateway");
      }
    } else if (!Greeting.isFull(helo)) {
      problems.add("which is no full host name");
    } else {
      if (isNowhere(helo)) {
        problems.add("no address is published for that name");
      }
      if (!sound.isEmpty() && !reverse.all().contains(helo)) {
        problems.add("its reverse name is " + listed(sound));
      }
    }
    if (!problems.isEmpty()) {
      add(
          finding(
                  GatewayRules.HELO,
                  place.subject(),
                  "%s is declared to say %s in HELO, %s"
                      .formatted(
                          who(), helo, joined(problems, problems.getFirst().startsWith("which"))))
              .cause(server())
              .remedy(
                  "Let it say its reverse name, and declare that. SEPPmail: Mail System, SMTP server HELO string; Postfix: smtp_helo_name:\n"
                      + ownNameSpoken()));
      return;
    }
    if (!Greeting.isLiteral(helo)) {
      incomparable()
          .ifPresent(why -> hidden(pointer + " PTR", why, place.subject(), GatewayRules.HELO));
      nameUnseen(helo, place.subject(), GatewayRules.HELO);
    }
  }

  /** Of any of its addresses: one HELO is said from all of them. */
  private boolean isOwnLiteral(DnsName helo) {
    var inside = helo.toString().substring(1).replace("]", "");
    var literal = inside.startsWith("ipv6:") ? inside.substring("ipv6:".length()) : inside;
    return Cidr.octets(literal)
        .map(octets -> Cidr.of(octets, octets.length * 8).host())
        .filter(
            address ->
                seen.places().stream()
                    .filter(other -> other.gateway().equals(gateway))
                    .anyMatch(other -> other.address().equals(address)))
        .isPresent();
  }

  // ---- The name in MX

  private void mxName() {
    if (place.targets().isEmpty() || place.pointer().isEmpty()) {
      return;
    }
    var own = sound.isEmpty() ? greeting.flatMap(Greeting::name).stream().toList() : reverse.all();
    if (own.isEmpty() || incomparable().isPresent()) {
      incomparable()
          .ifPresent(why -> hidden(pointer + " PTR", why, place.server(), GatewayRules.MX_NAME));
      return;
    }
    var others = place.targets().stream().filter(target -> !own.contains(target)).toList();
    if (!others.isEmpty()) {
      add(
          withCertificate(
              finding(
                      GatewayRules.MX_NAME,
                      place.server(),
                      "the MX of %s is %s, but %s is called %s%s"
                          .formatted(
                              domain.name(),
                              listed(others),
                              who(),
                              listed(own),
                              sound.isEmpty() ? " in its greeting" : ""))
                  .cause(others.getFirst() + ":" + place.port())
                  .remedy(
                      "Put the gateway's own name into the MX record in place of %s:\n%s. IN MX 10 %s."
                          .formatted(listed(others), domain.name(), own.getFirst()))));
    }
  }

  private Finding withCertificate(Finding finding) {
    return place
        .look()
        .filter(SmtpLook.Spoke.class::isInstance)
        .map(look -> ((SmtpLook.Spoke) look).tls())
        .filter(SmtpLook.Handshake.class::isInstance)
        .flatMap(
            tls ->
                MailHosts.certificates((SmtpLook.Handshake) tls).stream().findFirst().map(Leaf::of))
        .map(leaf -> finding.with("certificate", leaf.shown()))
        .orElse(finding);
  }

  // ---- An MX host that nobody declared

  private void stranger() {
    if (greeting.isEmpty()) {
      place.look().ifPresent(this::greetingUnseen);
      return;
    }
    var name = greeting.get().name();
    if (name.isEmpty()) {
      add(
          finding(
                  GatewayRules.BANNER,
                  place.server(),
                  "%s greets as %s, which is no full host name"
                      .formatted(who(), quoted(greeting.get())))
              .cause(server()));
      return;
    }
    // Load balancers greet with the name of any machine behind them: only another house is news.
    var house = PublicSuffixes.organizational(name.get());
    if (place.targets().stream()
        .noneMatch(target -> PublicSuffixes.organizational(target).equals(house))) {
      add(
          finding(
                  GatewayRules.MX_NAME,
                  place.server(),
                  "the MX of %s is %s, which greets with a name of %s"
                      .formatted(domain.name(), listed(place.targets()), house))
              .cause(place.host() + ":" + place.port())
              .remedy(
                  "Put the name that the server gives itself into the MX record, if it is to stay the same, or let it greet with the MX host's name."));
    }
  }

  // ---- What all of them have

  private Finding finding(Rule rule, String subject, String message) {
    var finding = Finding.of(rule, subject, message);
    return gateway.isPresent() ? finding : finding.severity(Severity.INFO);
  }

  /** With all names of the address side by side. */
  private void add(Finding finding) {
    var with = finding;
    for (var name : table().entrySet()) {
      with = with.with(name.getKey(), name.getValue());
    }
    judgement.add(with);
  }

  private Map<String, Object> table() {
    var table = new LinkedHashMap<String, Object>();
    table.put("address", Cidr.text(place.address()));
    place
        .pointer()
        .filter(answer -> !(answer instanceof Answer.Unanswered))
        .ifPresent(_ -> table.put("ptr", texts(reverse.all())));
    forward().ifPresent(addresses -> table.put("forward", addresses));
    if (gateway.isPresent()) {
      greeting.ifPresent(
          said -> table.put("banner", said.name().map(DnsName::toString).orElse(said.first())));
      gateway.get().banner().ifPresent(name -> table.put("declared", name.toString()));
      gateway.get().helo().ifPresent(name -> table.put("helo", name.toString()));
    }
    if (!place.targets().isEmpty()) {
      table.put("mx", texts(place.targets()));
    }
    return table;
  }

  /** The addresses of the reverse names, as far as DNS said. */
  private Optional<List<String>> forward() {
    var names = reverse.all();
    return names.isEmpty() || names.size() == reverse.unseen().size()
        ? Optional.empty()
        : Optional.of(
            names.stream()
                .flatMap(name -> seen.addresses(name, place.type()).stream())
                .flatMap(answer -> addresses(answer).stream())
                .distinct()
                .limit(Reverse.MOST)
                .toList());
  }

  private Map<String, Object> facts() {
    var facts = new LinkedHashMap<String, Object>();
    facts.put("host", place.host().toString());
    facts.put("port", place.port());
    gateway.ifPresent(own -> facts.put("gateway", own.id()));
    place
        .pointer()
        .ifPresent(
            answer ->
                facts.put(
                    "outcome",
                    (answer.isAbsent()
                            ? Outcome.ABSENT
                            : answer instanceof Answer.Unanswered
                                ? Outcome.UNOBSERVABLE
                                : Outcome.OBSERVED)
                        .word()));
    facts.putAll(table());
    if (!reverse.isEmpty() && incomparable().isEmpty()) {
      facts.put("confirmed", reverse.denied().isEmpty());
    }
    return facts;
  }

  /**
   * Freezes the rules; the verdict stays. Reverse zones are often silent without anybody noticing,
   * and that a server does not answer is the tls probe's gap.
   */
  private void hidden(String unseen, String why, String subject, Rule... rules) {
    judgement.aside(
        Gap.of(
                GatewayProbe.NAME,
                unseen,
                why,
                Stream.of(rules).map(Rule::id).toArray(String[]::new))
            .subject(subject));
  }

  /** Who it is, in the operator's words. */
  private String who() {
    return gateway.isPresent()
        ? "%s, an address of the gateway %s,".formatted(Cidr.text(place.address()), place.host())
        : "%s, an address of the MX host %s,".formatted(Cidr.text(place.address()), place.host());
  }

  private String server() {
    return place.host() + ":" + place.port();
  }

  private static List<String> addresses(Answer answer) {
    return answer.records(Rdata.Address.class).stream()
        .map(record -> Cidr.text(record.address()))
        .toList();
  }

  private static List<String> texts(List<DnsName> names) {
    return names.stream().map(DnsName::toString).toList();
  }

  private static String listed(List<DnsName> names) {
    var shown = texts(names.subList(0, Math.min(MOST_SHOWN, names.size())));
    return names.size() > MOST_SHOWN
        ? "%s and %d more".formatted(String.join(", ", shown), names.size() - MOST_SHOWN)
        : String.join(" and ", shown);
  }
}

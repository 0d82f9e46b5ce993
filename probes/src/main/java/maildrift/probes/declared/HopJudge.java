package maildrift.probes.declared;

import java.net.InetAddress;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.Judgement;
import maildrift.probes.Rule;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Rdata;
import maildrift.probes.dns.RecordType;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Prescription;
import maildrift.probes.network.Cidr;
import maildrift.probes.smtp.SmtpLook;

/** Do the hosts that a domain's declarations name exist, and do they answer? */
final class HopJudge {
  private final ManagedDomain domain;
  private final DeclaredSeen seen;
  private final Judgement.Builder judgement;

  /** Nobody is told twice of a host that stands in two places. */
  private final Set<Finding.Key> said = new HashSet<>();

  HopJudge(ManagedDomain domain, DeclaredSeen seen, Judgement.Builder judgement) {
    this.domain = domain;
    this.seen = seen;
    this.judgement = judgement;
  }

  /** Facts about each of them. */
  List<Map<String, Object>> judge() {
    return Hop.of(domain, seen.port()).stream().map(this::judge).toList();
  }

  private Map<String, Object> judge(Hop hop) {
    var facts = new LinkedHashMap<String, Object>();
    facts.put("use", hop.use().words());
    facts.put("written", hop.next().written());
    facts.put("host", hop.target().toString());
    facts.put("port", hop.port());
    facts.put("lookup", hop.isMx() ? "mx" : "address");
    if (hop.next().literal().isPresent()) {
      literal(hop);
    } else if (hop.isMx()) {
      mx(hop);
    } else {
      address(hop, facts);
    }
    if (hop.use().isLookedAt()) {
      route(hop, facts);
    }
    return facts;
  }

  private void literal(Hop hop) {
    if (hop.use().hasBrackets() && !hop.next().bracketed()) {
      say(
          hop,
          DeclaredRules.BRACKETS,
          "the %s %s of %s is an address without brackets"
              .formatted(hop.use().words(), hop.next().written(), domain.name()),
          write(hop, true));
    }
  }

  private static String write(Hop hop, boolean bracketed) {
    return "Write on the gateway and here:\n" + hop.written(bracketed);
  }

  // ---- Bare names

  private void mx(Hop hop) {
    var addresses = seen.addresses(hop.target());
    switch (seen.answer(hop.target(), RecordType.MX).orElse(NEVER_ASKED)) {
      case Answer.Unanswered(_, var why, _) ->
          gap(hop, hop.target() + " MX", why, DeclaredRules.BRACKETS, DeclaredRules.UNRESOLVED);
      case Answer.Found mx -> mx(hop, mx);
      case Answer.NoData _, Answer.NoSuchName _ -> {
        if (!addresses.found().isEmpty()) {
          say(
              hop,
              DeclaredRules.BRACKETS,
              "the %s %s of %s stands without brackets, so that the gateway looks up its MX: it has none, only an address"
                  .formatted(hop.use().words(), hop.next().written(), domain.name()),
              write(hop, true));
        } else if (addresses.isAbsent()) {
          unresolved(hop, "has neither MX nor address");
        } else {
          unseen(hop, addresses, DeclaredRules.BRACKETS, DeclaredRules.UNRESOLVED);
        }
      }
    }
  }

  private static final Answer NEVER_ASKED =
      new Answer.Unanswered(Answer.Failure.UNASKABLE, "it was not asked for", "");

  private void mx(Hop hop, Answer.Found mx) {
    var hosts = hosts(mx);
    var own =
        hosts.stream()
            .filter(
                host -> domain.gateways().stream().anyMatch(gateway -> gateway.host().equals(host)))
            .findFirst();
    if (hosts.isEmpty()) {
      unresolved(hop, "takes no mail (null MX)");
    } else if (isPrescribed(hop.target())) {
      say(
          hop,
          DeclaredRules.BRACKETS,
          "the %s %s of %s stands without brackets, so that the gateway looks up its MX, %s, instead of the host itself"
              .formatted(hop.use().words(), hop.next().written(), domain.name(), hosts.getFirst()),
          write(hop, true));
    } else if (own.isPresent()) {
      say(
          hop,
          DeclaredRules.BRACKETS,
          "the %s %s of %s stands without brackets, and its MX is the gateway %s itself: mail goes round in a loop"
              .formatted(hop.use().words(), hop.next().written(), domain.name(), own.get()),
          "Write the mail server behind the gateway in brackets, on the gateway and here, for example:\n[mail.%s]"
              .formatted(domain.name()));
    } else if (hosts.stream().anyMatch(host -> !seen.addresses(host).found().isEmpty())) {
      return;
    } else if (unseen(hop).isPresent()) {
      gap(hop, hosts.getFirst() + " A", unseen(hop).get(), DeclaredRules.UNRESOLVED);
    } else {
      unresolved(hop, "has an MX, %s, that has no address".formatted(hosts.getFirst()));
    }
  }

  private boolean isPrescribed(DnsName host) {
    return domain.prescriptions().stream()
        .anyMatch(
            by ->
                by.forwarding().contains(host)
                    || by.smarthosts().contains(host)
                    || by.regions().stream().anyMatch(region -> region.hosts().contains(host)));
  }

  /** By preference; a null MX (RFC 7505) has none. */
  static List<DnsName> hosts(Answer mx) {
    return mx.records(Rdata.Mx.class).stream()
        .map(Rdata.Mx::host)
        .filter(host -> !host.isRoot())
        .distinct()
        .toList();
  }

  // ---- Names in brackets

  private void address(Hop hop, Map<String, Object> facts) {
    var addresses = seen.addresses(hop.target());
    facts.put("addresses", addresses.found().stream().map(Cidr::text).toList());
    if (!addresses.found().isEmpty()) {
      return;
    }
    if (!addresses.isAbsent()) {
      unseen(hop, addresses, DeclaredRules.BRACKETS, DeclaredRules.UNRESOLVED);
    } else if (!hop.use().hasBrackets() || addresses.isNoSuchName()) {
      unresolved(hop, "has no address");
    } else {
      var mx = seen.answer(hop.target(), RecordType.MX).map(HopJudge::hosts).orElse(List.of());
      say(
          hop,
          DeclaredRules.BRACKETS,
          "the %s %s of %s stands in brackets, so that the gateway looks up its address: it has none%s"
              .formatted(
                  hop.use().words(),
                  hop.next().written(),
                  domain.name(),
                  mx.isEmpty() ? "" : ", only the MX " + mx.getFirst()),
          mx.isEmpty() ? alternatives(hop) : write(hop, false));
    }
  }

  private void unresolved(Hop hop, String what) {
    say(
        hop,
        DeclaredRules.UNRESOLVED,
        "the %s %s of %s %s, says DNS"
            .formatted(hop.use().words(), hop.next().written(), domain.name(), what),
        alternatives(hop));
  }

  /** The hosts that the profile knows for this, to paste. */
  private String alternatives(Hop hop) {
    var hosts =
        domain.prescriptions().stream()
            .flatMap(by -> prescribed(by, hop.use()))
            .distinct()
            .map(host -> hop.use().hasBrackets() ? "[" + host + "]" : host.toString())
            .toList();
    return hosts.isEmpty()
        ? DeclaredRules.UNRESOLVED.remedy()
        : "The hosts that the profile names:\n" + String.join("\n", hosts);
  }

  private static Stream<DnsName> prescribed(Prescription by, Hop.Use use) {
    return switch (use) {
      case FORWARDING -> by.forwarding().stream();
      case SMARTHOST, CONNECTOR -> Siblings.first(by.smarthosts()).stream();
      case ROUTE -> Stream.of();
    };
  }

  // ---- Whether anybody answers

  private void route(Hop hop, Map<String, Object> facts) {
    var addresses = targets(hop);
    var looks =
        seen.looks().stream()
            .filter(look -> look.target().port() == hop.port())
            .filter(look -> addresses.contains(look.target().address()))
            .toList();
    if (looks.isEmpty()) {
      // Where mail goes is not known, or nobody is to be contacted.
      unseen(hop).ifPresent(why -> hideRoute(hop, why));
      return;
    }
    var reaches = looks.stream().map(SmtpLook::reach).toList();
    if (reaches.contains(SmtpLook.Reach.ANSWERED)) {
      facts.put("answers", true);
      return;
    }
    var silent = looks.stream().filter(look -> look.reach() == SmtpLook.Reach.SILENT).findFirst();
    if (silent.isPresent()) {
      facts.put("answers", null);
      // Many answer nobody but the gateway: that nothing was heard here says nothing of the domain.
      hideRoute(hop, silent.get().unseen().orElse("no answer"));
    } else if (unseen(hop).isPresent()) {
      facts.put("answers", null);
      // There may be addresses that answer.
      hideRoute(hop, unseen(hop).get());
    } else if (reaches.contains(SmtpLook.Reach.CLOSED)) {
      facts.put("answers", false);
      say(
          hop,
          DeclaredRules.ROUTE,
          "the %s %s of %s refuses connections on port %d (%s)"
              .formatted(
                  hop.use().words(),
                  hop.next().written(),
                  domain.name(),
                  hop.port(),
                  String.join(
                      ", ",
                      looks.stream()
                          .filter(look -> look.reach() == SmtpLook.Reach.CLOSED)
                          .map(look -> Cidr.text(look.target().address()))
                          .distinct()
                          .toList())),
          DeclaredRules.ROUTE.remedy());
    }
  }

  private void hideRoute(Hop hop, String why) {
    judgement.aside(
        Gap.of(DeclaredProbe.NAME, hop.subject(), why, DeclaredRules.ROUTE.id())
            .subject(hop.subject()));
  }

  /** Why it is not known where the mail goes. */
  private Optional<String> unseen(Hop hop) {
    if (hop.isMx()
        && seen.answer(hop.target(), RecordType.MX).orElse(NEVER_ASKED)
            instanceof Answer.Unanswered(_, var why, _)) {
      return Optional.of(why);
    }
    return hosts(hop).stream().flatMap(host -> seen.addresses(host).unseen().stream()).findFirst();
  }

  /** Those of its MX, else itself. */
  private List<DnsName> hosts(Hop hop) {
    var hosts =
        hop.isMx()
            ? seen.answer(hop.target(), RecordType.MX).map(HopJudge::hosts).orElse(List.of())
            : List.<DnsName>of();
    return hosts.isEmpty() ? List.of(hop.target()) : hosts;
  }

  private List<InetAddress> targets(Hop hop) {
    if (hop.next().literal().isPresent()) {
      return Cidr.octets(hop.next().literal().get()).stream()
          .map(octets -> Cidr.of(octets, octets.length * 8).host())
          .toList();
    }
    return hosts(hop).stream()
        .flatMap(host -> seen.addresses(host).found().stream())
        .distinct()
        .toList();
  }

  private void unseen(Hop hop, DeclaredSeen.Addresses addresses, Rule... rules) {
    gap(hop, hop.target() + " A", addresses.unseen().orElse("it was not asked for"), rules);
  }

  private void gap(Hop hop, String question, String why, Rule... rules) {
    judgement.add(
        Gap.of(
                DeclaredProbe.NAME,
                question,
                why,
                Stream.of(rules).map(Rule::id).toArray(String[]::new))
            .subject(hop.subject()));
  }

  private void say(Hop hop, Rule rule, String message, String remedy) {
    var finding =
        Finding.of(rule, hop.subject(), message)
            .cause(hop.subject())
            .with("declared", hop.next().written())
            .with("use", hop.use().words())
            .remedy(remedy);
    if (said.add(finding.key())) {
      judgement.add(finding);
    }
  }
}

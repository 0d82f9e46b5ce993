package maildrift.probes.autosetup;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maildrift.probes.Context;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.Judgement;
import maildrift.probes.Outcome;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Rdata;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.PublicSuffixes;
import maildrift.probes.https.Document;
import maildrift.probes.smtp.SmtpLook;
import maildrift.probes.tls.TrustAnchors;

/**
 * Decides about one domain. All of it is optional and often behind servers that answer nothing
 * else: whatever could not be seen is held aside, and makes no domain unknown.
 */
final class AutoJudge {
  /** The kind of the watched record. */
  static final String RECORD = " auto-setup";

  private static final int MOST_SHOWN = 1_500;

  private final ManagedDomain domain;
  private final AutoSeen seen;
  private final TrustAnchors anchors;
  private final Context context;
  private final Judgement.Builder judgement = new Judgement.Builder();

  /** As they are published, for the watched record. */
  private final List<String> published = new ArrayList<>();

  private int asked;
  private int unanswered;

  /** Something else could not be seen that decides what is published. */
  private boolean isIncomplete;

  AutoJudge(ManagedDomain domain, AutoSeen seen, TrustAnchors anchors, Context context) {
    this.domain = domain;
    this.seen = seen;
    this.anchors = anchors;
    this.context = context;
  }

  Judgement judge() {
    judgement.fact("services", seen.services().entrySet().stream().flatMap(this::service).toList());
    seen.aliases().forEach(this::alias);
    if (seen.nobodys().orElse(null) instanceof Answer.Unanswered(var _, var why, var _)) {
      isIncomplete = true;
      aside(
          AutoProbe.NOBODYS + "." + domain.name() + " A",
          why,
          AutoRules.AUTOCONFIG.id(),
          AutoRules.AUTODISCOVER.id(),
          AutoRules.CLEARTEXT.id(),
          AutoRules.MUA_TLS.id());
    }
    if (!seen.documents().isEmpty()) {
      judgement.fact(AutoProbe.AUTOCONFIG, configuration());
    }
    judgement.fact("servers", seen.servers().stream().map(this::server).toList());
    if (unanswered == 0 && !isIncomplete) {
      var text = published.stream().sorted().collect(Collectors.joining(", "));
      judgement.record(
          domain.name() + RECORD,
          text.length() <= MOST_SHOWN ? text : text.substring(0, MOST_SHOWN) + "…");
    }
    if (asked > 0 && asked == unanswered) {
      return judgement.build(Outcome.UNOBSERVABLE);
    }
    return judgement.build(published.isEmpty() ? Outcome.ABSENT : Outcome.OBSERVED);
  }

  private String owner(String label) {
    return label + "." + domain.name();
  }

  private Stream<Map<String, Object>> service(Map.Entry<Service, Answer> entry) {
    var service = entry.getKey();
    var owner = owner(service.label());
    asked++;
    if (entry.getValue() instanceof Answer.Unanswered(var _, var why, var _)) {
      unanswered++;
      aside(owner + " SRV", why, AutoRules.SRV.id(), AutoRules.AUTODISCOVER.id());
      aside(owner + " SRV", why, AutoRules.TAKEOVER.id(), AutoRules.MUA_TLS.id());
      return Stream.empty();
    }
    var records = entry.getValue().records(Rdata.Srv.class);
    if (records.isEmpty()) {
      return Stream.empty();
    }
    var texts = records.stream().map(Rdata.Srv::text).toList();
    published.add("%s SRV %s".formatted(service.label(), String.join(" + ", texts)));
    var fact = Map.<String, Object>of("name", owner, "records", texts);
    if (AutoProbe.isPrescribed(domain, service.label())) {
      return Stream.of(fact);
    }
    var problems = new ArrayList<String>();
    for (var record : records) {
      if (!record.target().isRoot()) {
        target(owner, "SRV", record.target(), problems);
        if (service.isStrange(record.port())) {
          problems.add(
              "%s port %d is not this service's".formatted(record.target(), record.port()));
        }
      } else if (records.size() > 1) {
        problems.add("the target . (there is no such service) stands beside others");
      }
    }
    if (!problems.isEmpty()) {
      judgement.add(
          Finding.of(
                  service == Service.AUTODISCOVER ? AutoRules.AUTODISCOVER : AutoRules.SRV,
                  owner,
                  "%s SRV: %s".formatted(owner, String.join("; ", problems)))
              .cause(owner + " SRV")
              .with("records", texts)
              .with("problems", problems));
    }
    return Stream.of(fact);
  }

  /** What an SRV record must not lead to (RFC 2782): an alias, or nothing. */
  private void target(String owner, String type, DnsName target, List<String> problems) {
    var host = seen.targets().get(target);
    if (host == null) {
      return;
    }
    if (host.isAbsent()) {
      problems.add(target + (host.isNoName() ? " does not exist" : " has no address"));
      takeover(owner, type, host.chain().isEmpty() ? target : host.chain().getLast(), host);
    } else if (!host.chain().isEmpty()) {
      problems.add(target + " is an alias, which an SRV record must not name");
    } else if (!host.hasAddress()) {
      host.unseen()
          .ifPresent(
              why ->
                  aside(
                      target + " A",
                      why,
                      AutoRules.SRV.id(),
                      AutoRules.AUTODISCOVER.id(),
                      AutoRules.TAKEOVER.id()));
    }
  }

  private void takeover(String owner, String type, DnsName dead, AutoSeen.Host host) {
    if (!host.isNoName()) {
      return;
    }
    PublicSuffixes.registrable(dead)
        .ifPresent(
            registrable -> {
              switch (seen.registries().get(registrable)) {
                case Answer.NoSuchName _ ->
                    judgement.add(
                        Finding.of(
                                AutoRules.TAKEOVER,
                                owner,
                                "%s leads mail programs to %s, and %s is not registered: whoever registers it collects passwords"
                                    .formatted(owner, dead, registrable))
                            .cause(registrable + " NS")
                            .with("unregistered", registrable.toString())
                            .remedy("Remove the %s record at %s.".formatted(type, owner)));
                case Answer.Unanswered(var _, var why, var _) ->
                    aside(registrable + " NS", why, AutoRules.TAKEOVER.id());
                case null -> {}
                case Answer.Found _, Answer.NoData _ -> {}
              }
            });
  }

  /** {@code autodiscover} and {@code autoconfig}. */
  private void alias(String label, AutoSeen.Host host) {
    var owner = owner(label);
    var rule = label.equals(AutoProbe.AUTOCONFIG) ? AutoRules.AUTOCONFIG : AutoRules.AUTODISCOVER;
    asked++;
    if (host.addresses().getFirst() instanceof Answer.Unanswered(var _, var why, var _)) {
      unanswered++;
      aside(owner + " A", why, rule.id(), AutoRules.TAKEOVER.id(), AutoRules.CLEARTEXT.id());
      aside(owner + " A", why, AutoRules.MUA_TLS.id());
      return;
    }
    if (!host.hasAddress() && !host.isAbsent()) {
      // There is no IPv4 address, and of IPv6 nothing is known.
      isIncomplete = true;
      var why = host.unseen().orElse("");
      aside(owner + " AAAA", why, rule.id(), AutoRules.TAKEOVER.id(), AutoRules.CLEARTEXT.id());
      aside(owner + " AAAA", why, AutoRules.MUA_TLS.id());
    }
    var chain = host.chain();
    if (chain.isEmpty()) {
      if (host.hasAddress() && !isEverybodys()) {
        published.add(label);
        judgement.fact(label + "Host", owner);
      }
      return;
    }
    // Beyond the first alias stands what the provider does with it from day to day.
    published.add("%s CNAME %s".formatted(label, chain.getFirst()));
    judgement.fact(label + "Alias", chain.getFirst().toString());
    if (host.isAbsent() && !AutoProbe.isPrescribed(domain, label)) {
      judgement.add(
          Finding.of(
                  rule,
                  owner,
                  "%s is an alias of %s, which %s"
                      .formatted(
                          owner,
                          chain.getLast(),
                          host.isNoName() ? "does not exist" : "has no address"))
              .cause(chain.getLast() + " A")
              .with("target", chain.getLast().toString())
              .remedy(
                  "Take the CNAME at %s away, or let it lead to a host that exists."
                      .formatted(owner)));
      takeover(owner, "CNAME", chain.getLast(), host);
    }
  }

  /** Every name of the zone has an address: that this one has says nothing. */
  private boolean isEverybodys() {
    return seen.nobodys().filter(Answer.Found.class::isInstance).isPresent();
  }

  private Map<String, Object> configuration() {
    var facts = new LinkedHashMap<String, Object>();
    var owner = owner(AutoProbe.AUTOCONFIG);
    var failed = new ArrayList<String>();
    for (var asked : seen.documents()) {
      switch (asked.document(anchors, context.now())) {
        case Document.Read(var reply) -> {
          facts.put("url", asked.url().toString());
          facts.put("outcome", Outcome.OBSERVED.word());
          switch (ClientConfig.parse(reply.body(), domain.name())) {
            case ClientConfig.Result.Good(var config) -> judge(asked, config, facts);
            case ClientConfig.Result.Bad(var why) ->
                judgement.add(
                    unusable(owner, asked.url() + ": " + why).cause(asked.url().host().toString()));
          }
          return facts;
        }
        case Document.Unseen(var why) -> {
          facts.put("url", asked.url().toString());
          facts.put("outcome", Outcome.UNOBSERVABLE.word());
          facts.put("why", why);
          aside(
              asked.url().toString(),
              why,
              AutoRules.AUTOCONFIG.id(),
              AutoRules.CLEARTEXT.id(),
              AutoRules.MUA_TLS.id());
          return facts;
        }
        case Document.Failed(var why) -> failed.add(asked.url() + ": " + why);
      }
    }
    facts.put("outcome", Outcome.ABSENT.word());
    facts.put("why", String.join("; ", failed));
    judgement.add(unusable(owner, String.join("; ", failed)).cause(owner));
    return facts;
  }

  private static Finding unusable(String owner, String why) {
    return Finding.of(
            AutoRules.AUTOCONFIG,
            owner,
            "%s exists, but mail programs get no configuration there: %s".formatted(owner, why))
        .with("why", why);
  }

  private void judge(Document.Asked asked, ClientConfig config, Map<String, Object> facts) {
    facts.put(
        "servers",
        config.servers().stream()
            .map(
                server ->
                    "%s %s:%d %s"
                        .formatted(
                            server.type(),
                            server.host().map(DnsName::toString).orElse("?"),
                            server.port(),
                            server.socket()))
            .map(text -> text.substring(0, Math.min(300, text.length())))
            .toList());
    var plain =
        config.servers().stream()
            .filter(server -> server.socket() == ClientConfig.Socket.PLAIN)
            .map(
                server ->
                    "%s:%d"
                        .formatted(server.host().map(DnsName::toString).orElse("?"), server.port()))
            .distinct()
            .toList();
    if (!plain.isEmpty()) {
      judgement.add(
          Finding.of(
                  AutoRules.CLEARTEXT,
                  owner(AutoProbe.AUTOCONFIG),
                  "%s offers mail programs %s without TLS (socketType plain)"
                      .formatted(asked.url(), String.join(", ", plain)))
              .cause(asked.url().host().toString())
              .with("servers", plain));
    }
  }

  private Map<String, Object> server(AutoSeen.Server server) {
    var subject = server.name() + ":" + server.port();
    var facts = new LinkedHashMap<String, Object>();
    facts.put("server", subject);
    if (server.looks().isEmpty()) {
      facts.put("outcome", server.host().isAbsent() ? "absent" : "unobservable");
      server
          .host()
          .unseen()
          .or(
              () ->
                  Optional.of("private addresses are not looked at")
                      .filter(_ -> server.host().hasAddress()))
          .ifPresent(why -> hidden(subject, why));
      return facts;
    }
    var problems = new ArrayList<String>();
    var isSeen = false;
    for (var look : server.looks()) {
      switch (tls(look)) {
        case Tls.Unseen(var why) -> hidden(subject, why);
        case Tls.Refuses(var why) -> {
          isSeen = true;
          add(problems, "a modern client cannot negotiate TLS with it: " + why);
        }
        case Tls.Speaks(var handshake) -> {
          isSeen = true;
          facts.put("protocol", handshake.protocol());
          refusal(server.name(), handshake).ifPresent(why -> add(problems, why));
        }
      }
    }
    facts.put("outcome", isSeen ? Outcome.OBSERVED.word() : Outcome.UNOBSERVABLE.word());
    if (!problems.isEmpty()) {
      judgement.add(
          Finding.of(
                  AutoRules.MUA_TLS,
                  subject,
                  "mail programs of %s are sent to %s, but %s"
                      .formatted(domain.name(), subject, String.join("; ", problems)))
              .cause(subject)
              .with("problems", problems));
    }
    return facts;
  }

  private static void add(List<String> problems, String problem) {
    if (!problems.contains(problem)) {
      problems.add(problem);
    }
  }

  /** Programs hold the certificate against the host, or against the mail domain (RFC 6186 §6). */
  private Optional<String> refusal(DnsName host, SmtpLook.Handshake handshake) {
    return anchors
        .refusal(handshake.chain(), host, context.now())
        .filter(_ -> anchors.refusal(handshake.chain(), domain.name(), context.now()).isPresent());
  }

  /** What one address showed. */
  private sealed interface Tls {
    record Unseen(String why) implements Tls {}

    record Refuses(String why) implements Tls {}

    record Speaks(SmtpLook.Handshake handshake) implements Tls {}
  }

  private static Tls tls(SmtpLook look) {
    return switch (look) {
      case SmtpLook.Unobservable unobservable -> new Tls.Unseen(unobservable.why());
      case SmtpLook.Refused refused -> new Tls.Unseen(refused.why());
      case SmtpLook.Spoke spoke ->
          switch (spoke.tls()) {
            case SmtpLook.Handshake handshake -> new Tls.Speaks(handshake);
            case SmtpLook.NoHandshake refuses -> new Tls.Refuses(refuses.why());
            case SmtpLook.Interrupted interrupted -> new Tls.Unseen(interrupted.why());
            case SmtpLook.Declined _, SmtpLook.NotOffered _ ->
                new Tls.Unseen("it was not asked for TLS");
          };
    };
  }

  private void hidden(String subject, String why) {
    judgement.aside(Gap.of(AutoProbe.NAME, subject, why, AutoRules.MUA_TLS.id()).subject(subject));
  }

  private void aside(String unseen, String why, String... rules) {
    judgement.aside(Gap.of(AutoProbe.NAME, unseen, why, rules));
  }
}

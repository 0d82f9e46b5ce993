package maildrift.probes.autosetup;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import maildrift.probes.Context;
import maildrift.probes.Judgement;
import maildrift.probes.Network;
import maildrift.probes.Probe;
import maildrift.probes.Rule;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Question;
import maildrift.probes.dns.Rdata;
import maildrift.probes.dns.RecordType;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.PublicSuffixes;
import maildrift.probes.https.Document;
import maildrift.probes.https.HttpsLook;
import maildrift.probes.https.WebUrl;
import maildrift.probes.network.SpecialNetworks;
import maildrift.probes.smtp.Smtp;
import maildrift.probes.smtp.SmtpLook;
import maildrift.probes.tls.TrustAnchors;

/**
 * Does what the domain publishes for mail programs lead them to servers that exist and speak sound
 * TLS? (RFC 6186, RFC 8314, autoconfig, autodiscover) Where a profile speaks of a record, the
 * records probe judges it; here it is watched only, so that a new profile is no drift.
 *
 * <p>The hosts that a profile names for mail programs are looked at like those of records.
 *
 * <p>Without such records these are nine questions of DNS, and nothing is said.
 */
public final class AutoProbe implements Probe<AutoSeen> {
  static final String NAME = "auto";
  static final String AUTODISCOVER = "autodiscover";
  static final String AUTOCONFIG = "autoconfig";

  private static final List<String> ALIASES = List.of(AUTODISCOVER, AUTOCONFIG);

  /** A host that nobody has: whatever answers for it answers for every name. */
  static final String NOBODYS = "maildrift-asks-for-a-host-that-nobody-has";

  /**
   * Where TLS is spoken from the first octet. A stranger may write any port into a record or a
   * configuration; others are not ours to knock at.
   */
  private static final Set<Integer> PORTS = Set.of(993, 995, 465);

  private static final int MAX_TARGETS = 16;
  private static final int MAX_SERVERS = 8;

  /** Nobody announces a new configuration: once an hour is often enough to read it. */
  private static final String VERSION = "1.1";

  private final TrustAnchors anchors;

  public AutoProbe(TrustAnchors anchors) {
    this.anchors = anchors;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Rule> rules() {
    return AutoRules.ALL;
  }

  /** Of what is not DNS it sees something only where a record names it. */
  @Override
  public boolean judgesWhatIsSeenAlone(ManagedDomain domain) {
    return true;
  }

  @Override
  public AutoSeen observe(ManagedDomain domain, Network network) {
    var questions = new LinkedHashMap<String, Question>();
    var name = domain.name();
    for (var service : Service.values()) {
      question(name, service.label(), RecordType.SRV, questions);
    }
    ALIASES.forEach(label -> question(name, label, RecordType.A, questions));
    var answers = ask(questions.values(), network);
    var services = new LinkedHashMap<Service, Answer>();
    for (var service : Service.values()) {
      Optional.ofNullable(questions.get(service.label()))
          .ifPresent(asked -> services.put(service, answer(answers, asked)));
    }
    // Most have none of it, and are asked nothing more.
    var targets = new LinkedHashSet<DnsName>();
    var judged = new LinkedHashMap<>(services);
    judged.keySet().removeIf(service -> isPrescribed(domain, service.label()));
    judged.values().stream()
        .flatMap(answer -> answer.records(Rdata.Srv.class).stream())
        .map(Rdata.Srv::target)
        .filter(target -> !target.isRoot())
        .limit(MAX_TARGETS)
        .forEach(targets::add);
    var more = new LinkedHashSet<Question>();
    var exists = new LinkedHashSet<String>();
    for (var label : ALIASES) {
      var asked = questions.get(label);
      if (asked != null && isPublished(answer(answers, asked))) {
        exists.add(label);
        more.add(new Question(asked.name(), RecordType.AAAA));
      }
    }
    var nobodys = DnsName.parse(NOBODYS + "." + name);
    if (!exists.isEmpty()) {
      nobodys.ifPresent(host -> more.add(new Question(host, RecordType.A)));
    }
    targets.forEach(
        target -> {
          more.add(new Question(target, RecordType.A));
          more.add(new Question(target, RecordType.AAAA));
        });
    answers.putAll(ask(more, network));
    var aliases = new LinkedHashMap<String, AutoSeen.Host>();
    for (var label : ALIASES) {
      var asked = questions.get(label);
      if (asked != null) {
        aliases.put(label, host(asked.name(), answers));
      }
    }
    var hosts = new LinkedHashMap<DnsName, AutoSeen.Host>();
    targets.forEach(target -> hosts.put(target, host(target, answers)));
    var strangers =
        nobodys
            .map(host -> new Question(host, RecordType.A))
            .filter(answers::containsKey)
            .map(asked -> answer(answers, asked));
    var judgedAliases = new LinkedHashMap<>(aliases);
    judgedAliases.keySet().removeIf(label -> isPrescribed(domain, label));
    var documents =
        documents(name, Optional.ofNullable(judgedAliases.get(AUTOCONFIG)), strangers, network);
    return new AutoSeen(
        services,
        aliases,
        strangers,
        hosts,
        registries(name, judgedAliases, hosts, network),
        documents,
        domain.skip().contains("tls")
            ? List.of()
            : servers(domain, judged, hosts, documents, network));
  }

  /** Not where the name would be too long to exist. */
  private static void question(
      DnsName domain, String label, RecordType type, Map<String, Question> questions) {
    DnsName.parse(label + "." + domain)
        .ifPresent(owner -> questions.put(label, new Question(owner, type)));
  }

  /** Whether a profile speaks of it. */
  static boolean isPrescribed(ManagedDomain domain, String label) {
    return domain.prescriptions().stream()
        .flatMap(prescription -> prescription.records().stream())
        .anyMatch(rule -> rule.prefix().equalsIgnoreCase(label));
  }

  /** Something stands there, be it an alias that leads nowhere. */
  private static boolean isPublished(Answer answer) {
    return switch (answer) {
      case Answer.Found _, Answer.NoData _ -> true;
      case Answer.NoSuchName(var chain, var _, var _, var _) -> !chain.isEmpty();
      case Answer.Unanswered _ -> false;
    };
  }

  private static Map<Question, Answer> ask(Collection<Question> questions, Network network) {
    var answers = new LinkedHashMap<Question, Answer>();
    if (!questions.isEmpty()) {
      var given = network.dns().ask(List.copyOf(questions)).iterator();
      questions.forEach(question -> answers.put(question, given.next()));
    }
    return answers;
  }

  private static Answer answer(Map<Question, Answer> answers, Question question) {
    return answers.getOrDefault(
        question, new Answer.Unanswered(Answer.Failure.UNASKABLE, "it was not asked", ""));
  }

  private static AutoSeen.Host host(DnsName name, Map<Question, Answer> answers) {
    return new AutoSeen.Host(
        Stream.of(RecordType.A, RecordType.AAAA)
            .map(type -> Optional.ofNullable(answers.get(new Question(name, type))))
            .flatMap(Optional::stream)
            .toList());
  }

  /**
   * Whether the domains of dead targets are registered at all; nothing is asked where every target
   * exists.
   */
  private static Map<DnsName, Answer> registries(
      DnsName domain,
      Map<String, AutoSeen.Host> aliases,
      Map<DnsName, AutoSeen.Host> hosts,
      Network network) {
    var owners = new LinkedHashSet<DnsName>();
    Stream.concat(
            aliases.values().stream()
                .filter(AutoSeen.Host::isNoName)
                .flatMap(host -> host.chain().reversed().stream().limit(1)),
            hosts.entrySet().stream()
                .filter(entry -> entry.getValue().isNoName())
                .map(
                    entry ->
                        entry.getValue().chain().isEmpty()
                            ? entry.getKey()
                            : entry.getValue().chain().getLast()))
        .flatMap(dead -> PublicSuffixes.registrable(dead).stream())
        .filter(owner -> !domain.isWithin(owner))
        .forEach(owners::add);
    var answers =
        ask(owners.stream().map(owner -> new Question(owner, RecordType.NS)).toList(), network);
    var registries = new LinkedHashMap<DnsName, Answer>();
    answers.forEach((question, answer) -> registries.put(question.name(), answer));
    return registries;
  }

  /** Where the host stands for itself, and not for every name: there, and else at the domain. */
  private static List<Document.Asked> documents(
      DnsName domain, Optional<AutoSeen.Host> host, Optional<Answer> nobodys, Network network) {
    var name = DnsName.parse(AUTOCONFIG + "." + domain);
    if (host.isEmpty()
        || name.isEmpty()
        || !host.get().hasAddress()
        || nobodys.filter(answer -> !answer.isAbsent()).isPresent()) {
      return List.of();
    }
    var documents = new ArrayList<Document.Asked>();
    documents.add(
        Document.of(
            new WebUrl(name.get(), "/mail/config-v1.1.xml"),
            host.get().addresses(),
            VERSION,
            network));
    if (body(documents.getFirst()).isEmpty()) {
      documents.addAll(
          Document.ask(
              List.of(new WebUrl(domain, "/.well-known/autoconfig/mail/config-v1.1.xml")),
              VERSION,
              network));
    }
    return documents;
  }

  /** What may not be believed yet; for planning only. */
  private static Optional<String> body(Document.Asked asked) {
    return asked
        .look()
        .filter(HttpsLook.Spoke.class::isInstance)
        .flatMap(look -> ((HttpsLook.Spoke) look).body());
  }

  /** A server and its port. */
  private record Place(DnsName name, int port) {}

  private static List<AutoSeen.Server> servers(
      ManagedDomain domain,
      Map<Service, Answer> services,
      Map<DnsName, AutoSeen.Host> hosts,
      List<Document.Asked> documents,
      Network network) {
    var places = new LinkedHashSet<Place>();
    Arrays.stream(Service.values())
        .filter(Service::isWrapped)
        .flatMap(
            service ->
                Optional.ofNullable(services.get(service)).stream()
                    .flatMap(answer -> answer.records(Rdata.Srv.class).stream())
                    .filter(srv -> !srv.target().isRoot() && !service.isStrange(srv.port())))
        .forEach(srv -> places.add(new Place(srv.target(), srv.port())));
    documents.stream()
        .flatMap(asked -> body(asked).stream())
        .flatMap(
            body ->
                ClientConfig.parse(body, domain.name())
                        instanceof ClientConfig.Result.Good(var config)
                    ? config.servers().stream()
                    : Stream.<ClientConfig.Server>empty())
        .filter(server -> server.socket() == ClientConfig.Socket.SSL)
        .forEach(
            server -> server.host().ifPresent(name -> places.add(new Place(name, server.port()))));
    // Those that the provider tells people to set their programs up with.
    domain.prescriptions().stream()
        .flatMap(by -> by.clientHosts().stream())
        .forEach(
            client -> client.ports().forEach(port -> places.add(new Place(client.host(), port))));
    var wanted =
        places.stream().filter(place -> PORTS.contains(place.port())).limit(MAX_SERVERS).toList();
    if (wanted.isEmpty()) {
      return List.of();
    }
    var questions = new LinkedHashSet<Question>();
    wanted.stream()
        .filter(place -> !hosts.containsKey(place.name()))
        .forEach(
            place -> {
              questions.add(new Question(place.name(), RecordType.A));
              questions.add(new Question(place.name(), RecordType.AAAA));
            });
    var answers = ask(questions, network);
    var known = new ArrayList<AutoSeen.Host>();
    var targets = new ArrayList<List<Smtp.Target>>();
    for (var place : wanted) {
      var host =
          Optional.ofNullable(hosts.get(place.name())).orElseGet(() -> host(place.name(), answers));
      known.add(host);
      targets.add(
          addresses(host).stream()
              .map(address -> Smtp.Target.wrapped(place.name(), address, place.port()))
              .toList());
    }
    var all = targets.stream().flatMap(List::stream).toList();
    var looks = all.isEmpty() ? List.<SmtpLook>of() : network.smtp().look(all);
    var next = looks.iterator();
    var servers = new ArrayList<AutoSeen.Server>();
    for (var i = 0; i < wanted.size(); i++) {
      servers.add(
          new AutoSeen.Server(
              wanted.get(i).name(),
              wanted.get(i).port(),
              known.get(i),
              targets.get(i).stream().map(_ -> next.next()).toList()));
    }
    return servers;
  }

  /** One of each family: behind several, there is one server. Nobody's inside is looked at. */
  private static List<InetAddress> addresses(AutoSeen.Host host) {
    var all =
        host.addresses().stream()
            .flatMap(answer -> answer.records(Rdata.Address.class).stream())
            .map(Rdata.Address::address)
            .filter(address -> !SpecialNetworks.isPrivate(address))
            .toList();
    return Stream.of(false, true)
        .flatMap(
            six -> all.stream().filter(address -> address instanceof Inet6Address == six).limit(1))
        .toList();
  }

  @Override
  public Judgement judge(ManagedDomain domain, AutoSeen seen, Context context) {
    return new AutoJudge(domain, seen, anchors, context).judge();
  }
}

package maildrift.probes.conversation;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.Judgement;
import maildrift.probes.Network;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Question;
import maildrift.probes.dns.Rdata;
import maildrift.probes.dns.RecordType;
import maildrift.probes.domain.Gateway;
import maildrift.probes.domain.GatewaySettings;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.network.Cidr;
import maildrift.probes.network.NetworkSet;
import maildrift.probes.smtp.Smtp;
import maildrift.probes.smtp.Trial;
import maildrift.probes.smtp.Tried;
import maildrift.probes.spf.Netblocks;
import maildrift.probes.spf.SpfTree;

/**
 * Gateways that only others may reach: whether their port answers from here all the same.
 *
 * @param tried one an address
 * @param sources networks behind the names that may reach them; asked for only where one answered
 * @param unseen gateways whose addresses were not answered for, and why
 */
record Ports(List<Port> tried, Map<DnsName, Netblocks> sources, Map<Gateway, String> unseen) {
  private static final int MAX_ADDRESSES = 8;
  static final Ports NONE = new Ports(List.of(), Map.of(), Map.of());

  Ports {
    tried = List.copyOf(tried);
    sources = Map.copyOf(sources);
    unseen = Map.copyOf(unseen);
  }

  /** One address of a gateway. */
  record Port(Gateway gateway, InetAddress address, Tried tried) {
    String subject() {
      return gateway.host() + ":" + gateway.port();
    }
  }

  /** Of one address at least it is known whether it answers. */
  boolean isSeen() {
    return tried.stream().anyMatch(port -> !(port.tried() instanceof Tried.Unseen));
  }

  static boolean isClosed(Gateway gateway) {
    return gateway.settings().onlyFrom().isPresent();
  }

  static Ports knock(ManagedDomain domain, Network network) {
    var gateways = domain.gateways().stream().filter(Ports::isClosed).toList();
    if (gateways.isEmpty()) {
      return NONE;
    }
    var unseen = new LinkedHashMap<Gateway, String>();
    var targets = new ArrayList<Smtp.Target>();
    var owners = new ArrayList<Gateway>();
    for (var gateway : gateways) {
      addresses(gateway, network, unseen)
          .distinct()
          .limit(MAX_ADDRESSES)
          .forEach(
              address -> {
                owners.add(gateway);
                targets.add(
                    new Smtp.Target(
                        gateway.host(),
                        address,
                        gateway.port(),
                        gateway.addresses().contains(address)));
              });
    }
    var results =
        network
            .smtp()
            .attempt(
                targets.stream()
                    .map(target -> new Smtp.Attempt(target, Trial.PORT, Optional.empty()))
                    .toList());
    var tried = new ArrayList<Port>();
    var sources = new LinkedHashMap<DnsName, Netblocks>();
    for (var i = 0; i < targets.size(); i++) {
      tried.add(new Port(owners.get(i), targets.get(i).address(), results.get(i)));
      if (results.get(i) instanceof Tried.Done) {
        for (var name : only(owners.get(i)).names()) {
          sources.computeIfAbsent(
              name, _ -> Netblocks.of(SpfTree.of(name, network.dns(), network.deadline())));
        }
      }
    }
    return new Ports(tried, sources, unseen);
  }

  private static GatewaySettings.OnlyFrom only(Gateway gateway) {
    return gateway.settings().onlyFrom().orElseThrow();
  }

  private static Stream<InetAddress> addresses(
      Gateway gateway, Network network, Map<Gateway, String> unseen) {
    if (!gateway.addresses().isEmpty()) {
      return gateway.addresses().stream();
    }
    var answers =
        network
            .dns()
            .ask(
                List.of(
                    new Question(gateway.host(), RecordType.A),
                    new Question(gateway.host(), RecordType.AAAA)));
    for (var answer : answers) {
      if (answer instanceof Answer.Unanswered(_, var why, _)) {
        unseen.put(gateway, why);
      }
    }
    return answers.stream()
        .flatMap(answer -> answer.records(Rdata.Address.class).stream())
        .map(Rdata.Address::address);
  }

  void judge(Judgement.Builder judgement) {
    unseen.forEach(
        (gateway, why) ->
            hide(judgement, gateway.host() + " A", why, gateway.host() + ":" + gateway.port()));
    var open = new LinkedHashMap<Gateway, List<Port>>();
    for (var port : tried) {
      switch (port.tried()) {
        case Tried.Done(var from) -> {
          if (!isInside(port, from, judgement)) {
            open.computeIfAbsent(port.gateway(), _ -> new ArrayList<>()).add(port);
          }
        }
        case Tried.Declined _ -> {}
        case Tried.Unseen(var why) ->
            hide(judgement, port.subject() + " " + Trial.PORT.word(), why, port.subject());
      }
    }
    open.forEach((gateway, ports) -> judgement.add(found(gateway, ports)));
  }

  /** Whether we stand where others may; not known while a name was not answered for. */
  private boolean isInside(Port port, String from, Judgement.Builder judgement) {
    var here = Cidr.parse(from);
    if (NetworkSet.of(networks(port.gateway())).contains(here)) {
      return true;
    }
    for (var name : only(port.gateway()).names()) {
      if (sources.get(name) instanceof Netblocks.Unseen hidden) {
        hide(judgement, name + " TXT", hidden.why(), port.subject());
        return true;
      }
    }
    return false;
  }

  private List<Cidr> networks(Gateway gateway) {
    var networks = new ArrayList<>(only(gateway).networks());
    for (var name : only(gateway).names()) {
      if (sources.get(name) instanceof Netblocks.Known known) {
        networks.addAll(known.entries());
      }
    }
    return networks;
  }

  private static void hide(Judgement.Builder judgement, String what, String why, String subject) {
    judgement.aside(Gap.of(SmtpProbe.NAME, what, why, SmtpRules.PORT_OPEN.id()).subject(subject));
  }

  private Finding found(Gateway gateway, List<Port> ports) {
    var addresses = ports.stream().map(port -> Cidr.text(port.address())).toList();
    var from = ((Tried.Done) ports.getFirst().tried()).reply();
    var networks = networks(gateway);
    return Finding.of(
            SmtpRules.PORT_OPEN,
            ports.getFirst().subject(),
            "port %d of %s (%s) answers from here (%s), although only %s may reach it"
                .formatted(
                    gateway.port(),
                    gateway.host(),
                    String.join(", ", addresses),
                    from,
                    String.join(", ", only(gateway).written())))
        .with("addresses", addresses)
        .with("from", from)
        .remedy(
            networks.isEmpty()
                ? SmtpRules.PORT_OPEN.remedy()
                : "%s\nThese may reach port %d:\n%s"
                    .formatted(
                        SmtpRules.PORT_OPEN.remedy(),
                        gateway.port(),
                        NetworkSet.of(networks).lines()));
  }

  List<Map<String, Object>> facts() {
    return tried.stream()
        .map(
            port -> {
              Map<String, Object> fact = new LinkedHashMap<>();
              fact.put("host", port.gateway().host().toString());
              fact.put("port", port.gateway().port());
              fact.put("address", Cidr.text(port.address()));
              fact.put(
                  "answers",
                  switch (port.tried()) {
                    case Tried.Done _ -> "yes";
                    case Tried.Declined _ -> "no";
                    case Tried.Unseen(var why) -> "not seen: " + why;
                  });
              return fact;
            })
        .toList();
  }
}

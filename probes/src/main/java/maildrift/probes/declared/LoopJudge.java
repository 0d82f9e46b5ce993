package maildrift.probes.declared;

import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import maildrift.probes.Finding;
import maildrift.probes.Judgement;
import maildrift.probes.domain.Gateway;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.network.Cidr;

/** Is a gateway told to hand its mail to itself? A bare name's MX is the hop judge's business. */
final class LoopJudge {
  private final ManagedDomain domain;
  private final DeclaredSeen seen;
  private final Judgement.Builder judgement;
  private final Set<Finding.Key> said = new HashSet<>();

  LoopJudge(ManagedDomain domain, DeclaredSeen seen, Judgement.Builder judgement) {
    this.domain = domain;
    this.seen = seen;
    this.judgement = judgement;
  }

  /** Whether there is something to go round between. */
  static boolean isAsked(ManagedDomain domain) {
    return !domain.gateways().isEmpty() && Hop.of(domain).stream().anyMatch(LoopJudge::isOfGateway);
  }

  /** Where a gateway delivers; a route or a connector that leads to it is none. */
  private static boolean isOfGateway(Hop hop) {
    return hop.use().hasBrackets() && !hop.isMx();
  }

  void judge() {
    Hop.of(domain, seen.port()).stream()
        .filter(LoopJudge::isOfGateway)
        .forEach(
            hop ->
                domain.gateways().stream()
                    .filter(gateway -> isSame(hop, gateway))
                    .findFirst()
                    .ifPresent(gateway -> say(hop, gateway)));
  }

  /** By name or by any address; on another port another program may answer. */
  private boolean isSame(Hop hop, Gateway gateway) {
    return (hop.port() == gateway.port() || hop.next().port() == gateway.port())
        && (hop.target().equals(gateway.host())
            || addresses(hop).stream().anyMatch(gateway.addresses()::contains));
  }

  private List<InetAddress> addresses(Hop hop) {
    return hop.next()
        .literal()
        .flatMap(Cidr::octets)
        .map(octets -> List.of(Cidr.of(octets, octets.length * 8).host()))
        .orElseGet(() -> seen.addresses(hop.target()).found());
  }

  private void say(Hop hop, Gateway gateway) {
    var finding =
        Finding.of(
                DeclaredRules.LOOP,
                hop.subject(),
                "the %s %s of %s is the gateway %s itself: mail goes round in a loop"
                    .formatted(
                        hop.use().words(), hop.next().written(), domain.name(), gateway.host()))
            .with("declared", hop.next().written())
            .with("use", hop.use().words())
            .remedy(remedy(hop));
    if (said.add(finding.key())) {
      judgement.add(finding);
    }
  }

  private String remedy(Hop hop) {
    return switch (hop.use()) {
      case FORWARDING ->
          "Write the mail server behind the gateway, on the gateway and here, for example:\n[mail.%s]"
              .formatted(domain.name());
      case SMARTHOST ->
          "Write the provider's server, or leave the field empty where the gateway delivers itself, on the gateway and here.";
      case ROUTE, CONNECTOR -> DeclaredRules.LOOP.remedy();
    };
  }
}

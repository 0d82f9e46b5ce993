package maildrift.probes.declared;

import java.util.List;
import maildrift.probes.Finding;
import maildrift.probes.Judgement;
import maildrift.probes.Rule;
import maildrift.probes.domain.Gateway;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Mode;
import maildrift.probes.domain.NextHop;

/** Settings that contradict each other, or what the documents ask for. Nothing is looked at. */
final class SettingsJudge {
  private final ManagedDomain domain;
  private final Judgement.Builder judgement;

  SettingsJudge(ManagedDomain domain, Judgement.Builder judgement) {
    this.domain = domain;
    this.judgement = judgement;
  }

  void judge() {
    var declared = domain.declared();
    var isInline = declared.mode().filter(Mode.INLINE::equals).isPresent();
    if (isInline && !domain.smarthosts().isEmpty()) {
      about(
          DeclaredRules.SMARTHOST,
          "%s is inline on its gateway and has the smarthost %s"
              .formatted(
                  domain.name(),
                  String.join(", ", domain.smarthosts().stream().map(NextHop::written).toList())));
    }
    for (var gateway : domain.gateways()) {
      gateway(gateway, isInline);
    }
    if (declared.headerCheck().filter(on -> !on).isPresent()
        && domain.neighbours().sharesAGateway()) {
      about(
          DeclaredRules.HEADER_CHECK,
          "the header check of %s is off, and %s on its gateway"
              .formatted(domain.name(), others()));
    }
    // Of a domain that moves, or has moved, the migration probe speaks.
    if (declared.disableDelivery().filter(on -> on).isPresent() && domain.migration().isEmpty()) {
      about(
          DeclaredRules.DELIVERY,
          "disable_delivery of %s is true: the gateway answers all of its mail with 422"
              .formatted(domain.name()));
    }
  }

  private void gateway(Gateway gateway, boolean isInline) {
    var settings = gateway.settings();
    if (isInline && settings.builtInMta().filter(on -> !on).isPresent()) {
      about(
          DeclaredRules.MTA,
          "%s is inline on the gateway %s, whose built-in mail transport agent is off"
              .formatted(domain.name(), gateway.id()),
          gateway);
    }
    if (settings.managedDomains().filter(all -> !all.contains(domain.name())).isPresent()) {
      about(
          DeclaredRules.MANAGED_DOMAIN_MISSING,
          "%s is not among the managed domains of its gateway %s"
              .formatted(domain.name(), gateway.id()),
          gateway);
    }
  }

  /** Who else is there. */
  private String others() {
    var tenants = domain.neighbours().tenants();
    var more = domain.neighbours().moreTenants();
    var count = tenants.size() + more;
    return "%s %s%s %s"
        .formatted(
            count == 1 ? "the tenant" : "the tenants",
            String.join(", ", tenants),
            more == 0 ? "" : " and %d more".formatted(more),
            count == 1 ? "is" : "are");
  }

  private void about(Rule rule, String message) {
    judgement.add(Finding.of(rule, domain.name().toString(), message));
  }

  private void about(Rule rule, String message, Gateway gateway) {
    judgement.add(
        Finding.of(rule, place(gateway), message)
            .cause(place(gateway))
            .with("gateway", gateway.id()));
  }

  static String place(Gateway gateway) {
    return "gateway " + gateway.id();
  }

  /** What is held against anything here. */
  static List<Rule> rules(ManagedDomain domain) {
    var declared = domain.declared();
    var gateways = domain.gateways().stream().map(Gateway::settings).toList();
    return new Asked()
        .rule(DeclaredRules.SMARTHOST, declared.mode().isPresent())
        .rule(
            DeclaredRules.MTA,
            declared.mode().isPresent()
                && gateways.stream().anyMatch(one -> one.builtInMta().isPresent()))
        .rule(
            DeclaredRules.MANAGED_DOMAIN_MISSING,
            gateways.stream().anyMatch(one -> one.managedDomains().isPresent()))
        .rule(DeclaredRules.HEADER_CHECK, declared.headerCheck().isPresent())
        .rule(DeclaredRules.DELIVERY, declared.disableDelivery().isPresent())
        .rules();
  }
}

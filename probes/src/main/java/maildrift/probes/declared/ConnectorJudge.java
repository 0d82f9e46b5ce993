package maildrift.probes.declared;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import maildrift.probes.Finding;
import maildrift.probes.Judgement;
import maildrift.probes.Severity;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.Connector;
import maildrift.probes.domain.Gateway;
import maildrift.probes.domain.HostPattern;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Prescription;

/** Do the connectors of Exchange Online lead to gateway or provider, and are they safe? */
final class ConnectorJudge {
  private final ManagedDomain domain;
  private final Judgement.Builder judgement;

  ConnectorJudge(ManagedDomain domain, Judgement.Builder judgement) {
    this.domain = domain;
    this.judgement = judgement;
  }

  /** What is wrong with one connector, and the PowerShell that mends it. */
  private static final class Review {
    private final List<String> problems = new ArrayList<>();
    private final List<String> options = new ArrayList<>();
    private boolean isDoubtful = true;

    void wrong(String problem, String option) {
      isDoubtful = false;
      problems.add(problem);
      if (!option.isEmpty()) {
        options.add(option);
      }
    }

    /** It may well be right, and only unknown to us. */
    void unknown(String problem) {
      problems.add(problem);
    }
  }

  void judge() {
    domain.declared().connectors().forEach(this::judge);
  }

  private void judge(Connector connector) {
    var review = new Review();
    if (!connector.enabled()) {
      review.wrong("is not turned on", "-Enabled $true");
    }
    switch (connector.direction()) {
      case TO_PARTNER -> toPartner(connector, review);
      case FROM_PARTNER -> fromPartner(connector, review);
    }
    if (review.problems.isEmpty()) {
      return;
    }
    var subject = "connector " + connector.name();
    judgement.add(
        Finding.of(
                DeclaredRules.CONNECTOR,
                subject,
                "the connector '%s' of %s %s"
                    .formatted(connector.name(), domain.name(), String.join("; ", review.problems)))
            .severity(review.isDoubtful ? Severity.INFO : DeclaredRules.CONNECTOR.severity())
            // One tenant of Exchange Online has one connector for all of its domains.
            .cause(
                domain.tenant().id().isEmpty() ? subject : subject + " of " + domain.tenant().id())
            .with("problems", List.copyOf(review.problems))
            .remedy(remedy(connector, review)));
  }

  private static String remedy(Connector connector, Review review) {
    return review.options.isEmpty()
        ? DeclaredRules.CONNECTOR.remedy()
        : "In the Exchange admin centre, or in Exchange Online PowerShell:\n%s -Identity '%s' %s\nand correct it here."
            .formatted(
                connector.direction() == Connector.Direction.TO_PARTNER
                    ? "Set-OutboundConnector"
                    : "Set-InboundConnector",
                connector.name().replace("'", "''"),
                String.join(" ", review.options));
  }

  private void toPartner(Connector connector, Review review) {
    var declared = new LinkedHashSet<DnsName>();
    connector.smartHosts().forEach(hop -> declared.add(hop.target()));
    var expected = expected();
    var strangers = declared.stream().filter(host -> !isExpected(host, expected)).toList();
    var others = strangers.stream().filter(host -> !looksProvided(host)).toList();
    if (!expected.isEmpty() && !others.isEmpty()) {
      review.wrong(
          "has the smart host %s, which is neither the gateway nor the provider's (%s)"
              .formatted(names(others), names(expected)),
          smartHosts(advised()));
    } else if (!expected.isEmpty() && !strangers.isEmpty()) {
      review.unknown(
          "has the smart host %s, which is none that we know of the provider's (%s)"
              .formatted(names(strangers), names(expected)));
    } else if (!declared.isEmpty()) {
      for (var by : domain.prescriptions()) {
        second(by, declared, review);
      }
    }
    if (isOff(connector.requiresTls())) {
      review.wrong("does not always use TLS", "-TlsSettings CertificateValidation");
    } else if (isOff(connector.trustedCa())) {
      review.wrong(
          "takes a certificate that comes from no trusted authority",
          "-TlsSettings CertificateValidation");
    }
    certificate(connector, review, false);
  }

  /** A second one is for the day on which the first is down. */
  private static void second(Prescription by, Set<DnsName> declared, Review review) {
    var used = by.smarthosts().stream().filter(declared::contains).toList();
    if (used.size() != 1) {
      return;
    }
    Siblings.of(used.getFirst(), by.smarthosts()).stream()
        .filter(host -> !declared.contains(host))
        .findFirst()
        .ifPresent(
            lacking ->
                review.wrong(
                    "lacks the second smart host of %s, %s".formatted(by.label(), lacking),
                    smartHosts(List.of(used.getFirst(), lacking))));
  }

  private void fromPartner(Connector connector, Review review) {
    if (isOff(connector.requiresTls())) {
      review.wrong("takes mail without TLS", "-RequireTls $true");
    }
    if (!connector.senderDomains().isEmpty()
        && connector.senderDomains().stream().noneMatch(domain.name()::isWithin)) {
      review.wrong("does not take mail of " + domain.name(), "");
    }
    certificate(connector, review, true);
  }

  private static boolean isOff(java.util.Optional<Boolean> setting) {
    return setting.filter(on -> !on).isPresent();
  }

  /** The gateway's certificate is looked at by the tls probe; here only that both mean one name. */
  private void certificate(Connector connector, Review review, boolean isSender) {
    var names =
        domain.gateways().stream().flatMap(gateway -> gateway.connectorName().stream()).toList();
    connector
        .certificateName()
        .map(HostPattern::text)
        .filter(name -> !names.isEmpty() && names.stream().noneMatch(own -> agree(name, own)))
        .ifPresent(
            name ->
                review.wrong(
                    "wants the certificate name %s, and the gateway's is declared as %s"
                        .formatted(name, String.join(", ", names)),
                    (isSender ? "-TlsSenderCertificateName " : "-TlsDomain ") + names.getFirst()));
  }

  /** The same, or one is the wildcard of the other. */
  private static boolean agree(String one, String other) {
    var a = one.toLowerCase(Locale.ROOT);
    var b = other.toLowerCase(Locale.ROOT);
    return a.equals(b) || covers(a, b) || covers(b, a);
  }

  private static boolean covers(String pattern, String name) {
    return pattern.startsWith("*.")
        && name.indexOf('.') > 0
        && name.substring(name.indexOf('.')).equals(pattern.substring(1));
  }

  /** Gateways and the hosts of providers that take outgoing mail. */
  private Set<DnsName> expected() {
    var expected = new LinkedHashSet<DnsName>();
    domain.gateways().stream().map(Gateway::host).forEach(expected::add);
    domain.prescriptions().forEach(by -> expected.addAll(by.smarthosts()));
    return expected;
  }

  /** Of several generations of a provider's hosts the one to use today. */
  private Set<DnsName> advised() {
    var advised = new LinkedHashSet<DnsName>();
    domain.gateways().stream().map(Gateway::host).forEach(advised::add);
    domain.prescriptions().forEach(by -> advised.addAll(Siblings.first(by.smarthosts())));
    return advised;
  }

  /**
   * Beside the hosts of a provider, whose grids and generations nobody lists completely. Those of
   * another region are known, and wrong.
   */
  private boolean looksProvided(DnsName host) {
    return domain.prescriptions().stream()
        .filter(by -> by.regions().stream().noneMatch(region -> region.hosts().contains(host)))
        .flatMap(by -> by.smarthosts().stream())
        .filter(known -> !known.isRoot())
        .map(DnsName::parent)
        .filter(zone -> zone.labels().size() > 1 && !domain.name().isWithin(zone))
        .anyMatch(host::isWithin);
  }

  private boolean isExpected(DnsName host, Set<DnsName> expected) {
    return expected.contains(host)
        || domain.gateways().stream()
            .flatMap(gateway -> gateway.addresses().stream())
            .anyMatch(address -> DnsName.of(address.getHostAddress()).equals(host));
  }

  private static String names(java.util.Collection<DnsName> hosts) {
    return String.join(", ", hosts.stream().limit(4).map(DnsName::toString).toList());
  }

  private static String smartHosts(java.util.Collection<DnsName> hosts) {
    return "-SmartHosts " + names(hosts);
  }
}

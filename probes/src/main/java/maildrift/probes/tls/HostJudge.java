package maildrift.probes.tls;

import static maildrift.probes.Severity.CRITICAL;
import static maildrift.probes.Severity.INFO;
import static maildrift.probes.Severity.WARNING;

import com.google.common.collect.ImmutableSortedMap;
import java.security.cert.X509Certificate;
import java.security.interfaces.DSAPublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import maildrift.probes.Finding;
import maildrift.probes.Rule;
import maildrift.probes.Severity;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.Connector;
import maildrift.probes.domain.HostPattern;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.NextHop;
import maildrift.probes.domain.TlsLevel;
import maildrift.probes.smtp.Concessions;
import maildrift.probes.smtp.SmtpLook;

/** Judges what one address of one host showed. Pure. */
final class HostJudge {
  private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
  private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
  private static final String ANY_USAGE = "2.5.29.37.0";

  /** CA/Browser Forum SC-081v3: issued from, days at most. */
  private static final ImmutableSortedMap<LocalDate, Integer> PUBLIC_LIFETIMES =
      ImmutableSortedMap.of(
          LocalDate.of(2026, 3, 15), 200,
          LocalDate.of(2027, 3, 15), 100,
          LocalDate.of(2029, 3, 15), 47);

  private final ManagedDomain domain;
  private final TlsSeen.Host host;
  private final Instant now;
  private final Optional<Ladder.Required> required;
  private final List<Finding> findings = new ArrayList<>();
  private Optional<Consumers> consumers = Optional.empty();

  private HostJudge(ManagedDomain domain, TlsSeen.Host host, Instant now) {
    this.domain = domain;
    this.host = host;
    this.now = now;
    this.required = Ladder.of(domain, host);
  }

  /**
   * What one look comes to.
   *
   * @param level empty: nothing is known
   * @param consumers who accepts its certificate; empty: it showed none that can be read
   */
  record Judged(Optional<TlsLevel> level, List<Finding> findings, Optional<Consumers> consumers) {
    Judged {
      findings = List.copyOf(findings);
    }
  }

  static Judged judge(
      ManagedDomain domain,
      TlsSeen.Host host,
      SmtpLook.Spoke look,
      Optional<Presented> presented,
      Instant now) {
    return new HostJudge(domain, host, now).judge(look, presented);
  }

  private Judged judge(SmtpLook.Spoke look, Optional<Presented> presented) {
    return switch (look.tls()) {
      case SmtpLook.Interrupted _ -> new Judged(Optional.empty(), List.of(), Optional.empty());
      case SmtpLook.NotOffered _ -> {
        var masked = look.extensions().stream().anyMatch(HostJudge::isMasked);
        add(
            TlsRules.STARTTLS,
            masked
                ? "does not offer STARTTLS; a firewall masks it in the answer to EHLO"
                : "does not offer STARTTLS");
        yield reached(TlsLevel.NONE, "it does not offer STARTTLS");
      }
      case SmtpLook.Declined(var reply) -> {
        add(TlsRules.STARTTLS, "offers STARTTLS and refuses it: " + reply);
        yield reached(TlsLevel.MAY, "it refuses STARTTLS");
      }
      case SmtpLook.NoHandshake(var tooOld, var why) -> {
        conceded(look).broken().ifPresent(this::broken);
        add(
            tooOld ? TlsRules.VERSION : TlsRules.HANDSHAKE,
            tooOld
                ? "speaks neither TLS 1.2 nor 1.3, a modern client cannot negotiate with it: " + why
                : "offers STARTTLS, but a modern client cannot negotiate with it: " + why);
        yield reached(TlsLevel.MAY, "a modern client cannot negotiate with it");
      }
      case SmtpLook.Handshake handshake -> {
        session(handshake, conceded(look));
        if (presented.isEmpty()) {
          add(TlsRules.CHAIN, "presents certificates that cannot be read");
          yield reached(TlsLevel.ENCRYPT, "its certificate cannot be read");
        }
        yield certified(presented.get());
      }
    };
  }

  /** What Cisco's inspection makes of {@code 250-STARTTLS}. */
  private static boolean isMasked(String extension) {
    return extension.length() >= 7 && extension.chars().limit(7).allMatch(c -> c == 'X');
  }

  private Offers conceded(SmtpLook.Spoke look) {
    return host.concessions(look.target().address())
        .map(made -> Offers.of(made, look.tls()))
        .orElse(Offers.UNKNOWN);
  }

  private void session(SmtpLook.Handshake handshake, Offers offers) {
    version(handshake, offers);
    var cipher = handshake.cipher();
    if (Offers.isWeak(cipher)) {
      add(TlsRules.CIPHER, "negotiates " + cipher + ", which protects nothing", CRITICAL);
    } else if (offers.broken().isPresent()) {
      broken(offers.broken().get());
    } else if (!isForwardSecret(handshake)) {
      add(TlsRules.CIPHER, "negotiates " + cipher + ", without forward secrecy");
    } else {
      offers
          .anonymous()
          .ifPresent(
              made ->
                  add(
                      TlsRules.CIPHER,
                      "accepts %s, without a certificate, when nothing better is offered"
                          .formatted(made.cipher()),
                      INFO));
    }
  }

  private void version(SmtpLook.Handshake handshake, Offers offers) {
    switch (handshake.protocol()) {
      case "TLSv1.3", "TLSv1.2" -> {
        var lacks = handshake.protocol().equals("TLSv1.2");
        if (offers.oldest().isPresent()) {
          var oldest = offers.oldest().get();
          add(
              TlsRules.VERSION,
              "still accepts %s, which is forbidden%s"
                  .formatted(oldest.protocol(), lacks ? ", and does not speak 1.3" : ""),
              // Postfix up to 3.7 accepts 1.0 and 1.1 as it comes.
              oldest.protocol().equals("SSLv3") ? WARNING : INFO,
              Map.of("cipher", oldest.cipher()));
        } else if (lacks && !offers.unseen().containsKey(TlsRules.VERSION)) {
          // Where an old version may hide, what is said of it stands as it was.
          add(TlsRules.VERSION, "does not speak TLS 1.3, but 1.2", INFO);
        }
      }
      default ->
          add(TlsRules.VERSION, "negotiates " + handshake.protocol() + ", which is forbidden");
    }
  }

  private void broken(Concessions.Made made) {
    add(
        TlsRules.CIPHER,
        "accepts %s, which protects nothing, when nothing better is offered"
            .formatted(made.cipher()),
        CRITICAL,
        Map.of("protocol", made.protocol()));
  }

  static boolean isForwardSecret(SmtpLook.Handshake handshake) {
    return handshake.protocol().equals("TLSv1.3")
        || handshake.cipher().startsWith("TLS_ECDHE_")
        || handshake.cipher().startsWith("TLS_DHE_");
  }

  private Judged certified(Presented presented) {
    var leaf = presented.leaf();
    var pinned = isPinned(leaf);
    chain(presented, pinned);
    expiry(leaf);
    if (pinned) {
      findings.replaceAll(HostJudge::renewed);
    }
    lifetime(presented);
    keys(presented);
    if (!host.isNameless()) {
      consumers = Optional.of(Consumers.of(host, isForNextHop(leaf), connectorName(), presented));
      names(leaf);
    }
    usages(leaf);
    if (!pinned && !pins().isEmpty()) {
      unpinned(leaf);
    }
    if (pinned) {
      return reached(TlsLevel.FINGERPRINT, "");
    }
    if (presented.trust() instanceof Trust.Untrusted untrusted) {
      return reached(TlsLevel.ENCRYPT, untrusted.why());
    }
    if (isForNextHop(leaf)) {
      return reached(TlsLevel.SECURE, "its certificate is not the pinned one");
    }
    return leaf.isFor(host.name())
        ? reached(
            TlsLevel.VERIFY,
            "its certificate is for the MX name, which comes from DNS, not for %s; declare the host (forwarding_server, gateway or profile) where it is the next hop"
                .formatted(domain.name()))
        : reached(
            TlsLevel.ENCRYPT,
            "its certificate is for %s, not for %s".formatted(leaf.shown(), host.name()));
  }

  /** Old and new, so that whoever pinned it can follow before mail queues. */
  private void unpinned(Leaf leaf) {
    add(
        Finding.of(
                TlsRules.FINGERPRINT,
                host.subject(),
                "%s presents the certificate %s (key %s), which is not among the pinned ones: %s"
                    .formatted(
                        host.subject(),
                        leaf.sha256(),
                        leaf.spkiSha256(),
                        String.join(", ", pins())))
            .severity(wants(TlsLevel.FINGERPRINT) ? CRITICAL : WARNING)
            .with("pins", pins())
            .with("sha256", leaf.sha256())
            .with("spkiSha256", leaf.spkiSha256())
            .remedy(
                "When the change was yours, replace the pin here and at everybody who has it. When it was not, find out who answers.\nOld:\n%s\nNew, of the certificate:\n%s\n%s\nNew, of its key, which a renewal may keep:\n%s\n%s"
                    .formatted(
                        String.join("\n", pins().stream().map(HostJudge::colons).toList()),
                        leaf.sha256(),
                        colons(leaf.sha256()),
                        leaf.spkiSha256(),
                        colons(leaf.spkiSha256()))));
  }

  /** As {@code openssl x509 -fingerprint -sha256} prints it. */
  static String colons(String hex) {
    var pairs = new ArrayList<String>();
    for (var i = 0; i + 1 < hex.length(); i += 2) {
      pairs.add(hex.substring(i, i + 2).toUpperCase(Locale.ROOT));
    }
    return String.join(":", pairs);
  }

  private boolean isForNextHop(Leaf leaf) {
    return leaf.isForNextHop(domain.name()) || (host.declared() && leaf.isFor(host.name()));
  }

  private Judged reached(TlsLevel level, String obstacle) {
    if (required.filter(asked -> level.compareTo(requirable(asked.level())) < 0).isPresent()) {
      var asked = required.get();
      add(
          TlsRules.LEVEL,
          "reaches level %s, %s: %s".formatted(level.word(), asked.shown(), obstacle),
          asked.isDeclared() ? CRITICAL : WARNING,
          Map.of(
              "reached", level.word(),
              "required", asked.level().word(),
              "requiredBy", asked.by(),
              "leg", asked.leg().word()));
    }
    return new Judged(Optional.of(level), findings, consumers);
  }

  /** Where no pin is declared, "secure" is as good as it gets. */
  private TlsLevel requirable(TlsLevel declared) {
    return declared == TlsLevel.FINGERPRINT && pins().isEmpty() ? TlsLevel.SECURE : declared;
  }

  /** A provider's wish alone makes nothing critical. */
  private boolean wants(TlsLevel level) {
    return required
        .filter(Ladder.Required::isDeclared)
        .filter(asked -> asked.level().compareTo(level) >= 0)
        .isPresent();
  }

  /** Of the gateway, and of the host by its name. */
  private List<String> pins() {
    return pins(domain, host);
  }

  static List<String> pins(ManagedDomain domain, TlsSeen.Host host) {
    return Stream.concat(
            host.gateway().stream().flatMap(gateway -> gateway.pins().stream()),
            domain.declared().pins().getOrDefault(host.name(), List.of()).stream())
        .distinct()
        .toList();
  }

  /** The name in the other side's connector: as the gateway has it, else as the connector does. */
  private Optional<String> connectorName() {
    return connectorName(domain, host);
  }

  static Optional<String> connectorName(ManagedDomain domain, TlsSeen.Host host) {
    return host.gateway()
        .flatMap(
            gateway ->
                gateway
                    .connectorName()
                    .or(
                        () ->
                            domain.declared().connectors().stream()
                                .filter(one -> one.direction() == Connector.Direction.FROM_PARTNER)
                                .flatMap(one -> one.certificateName().stream())
                                .map(HostPattern::text)
                                .findFirst()));
  }

  private boolean isPinned(Leaf leaf) {
    return pins().contains(leaf.sha256()) || pins().contains(leaf.spkiSha256());
  }

  /** A pinned certificate needs no chain; expiry alone is told by its own rule. */
  private void chain(Presented presented, boolean pinned) {
    if (!pinned
        && presented.trust() instanceof Trust.Untrusted untrusted
        && !untrusted.onlyLeafDates()) {
      add(
          TlsRules.CHAIN,
          "presents a certificate chain that is not trusted: " + untrusted.why(),
          wants(TlsLevel.VERIFY) ? CRITICAL : WARNING,
          chainEvidence(presented));
    }
  }

  private static Map<String, Object> chainEvidence(Presented presented) {
    var evidence = new LinkedHashMap<String, Object>();
    evidence.put("issuer", presented.leaf().issuer());
    evidence.put("certificatesSent", presented.chain().size());
    presented.missing().ifPresent(name -> evidence.put("missing", name));
    return evidence;
  }

  private void expiry(Leaf leaf) {
    var left = Duration.between(now, leaf.notAfter());
    if (now.isBefore(leaf.notBefore())) {
      add(
          TlsRules.CERT_EXPIRY,
          "presents a certificate that is not valid before " + leaf.notBefore(),
          CRITICAL,
          validity(leaf));
    } else if (left.isNegative()) {
      add(
          TlsRules.CERT_EXPIRY,
          "presents a certificate that expired on " + leaf.notAfter(),
          CRITICAL,
          validity(leaf));
    } else if (left.compareTo(least(Duration.ofDays(7), leaf.lifetime().dividedBy(10))) <= 0) {
      add(TlsRules.CERT_EXPIRY, expires(leaf, left), CRITICAL, validity(leaf));
    } else if (left.compareTo(least(Duration.ofDays(21), leaf.lifetime().dividedBy(3))) <= 0) {
      add(TlsRules.CERT_EXPIRY, expires(leaf, left), WARNING, validity(leaf));
    }
  }

  /** The renewal of a pinned certificate is a change of the pin. */
  private static Finding renewed(Finding finding) {
    return finding.rule().equals(TlsRules.CERT_EXPIRY)
        ? finding.remedy(
            finding.remedy()
                + " The certificate is pinned: before the new one is installed, put its fingerprint beside the old one in pins, here and at everybody who has it, or mail to this host queues.")
        : finding;
  }

  private static Map<String, Object> validity(Leaf leaf) {
    var evidence = new LinkedHashMap<String, Object>();
    evidence.put("notBefore", leaf.notBefore().toString());
    evidence.put("notAfter", leaf.notAfter().toString());
    evidence.put("sha256", leaf.sha256());
    return evidence;
  }

  private static String expires(Leaf leaf, Duration left) {
    return "presents a certificate that expires on %s, in %s of its %s"
        .formatted(leaf.notAfter(), span(left), span(leaf.lifetime()));
  }

  private static String span(Duration duration) {
    return duration.toDays() >= 2
        ? duration.toDays() + " days"
        : duration.toHours() >= 2
            ? duration.toHours() + " hours"
            : duration.toMinutes() + " minutes";
  }

  private static Duration least(Duration one, Duration other) {
    return one.compareTo(other) <= 0 ? one : other;
  }

  private void lifetime(Presented presented) {
    if (!(presented.trust() instanceof Trust.Trusted trusted) || !trusted.publicly()) {
      return;
    }
    var leaf = presented.leaf();
    var limit = PUBLIC_LIFETIMES.floorEntry(LocalDate.ofInstant(leaf.notBefore(), ZoneOffset.UTC));
    // A validity includes its last second.
    if (limit != null && leaf.lifetime().toSeconds() >= limit.getValue() * 86_400L) {
      add(
          TlsRules.CERT_LIFETIME,
          "presents a certificate for %d days; issued from %s it may live %d"
              .formatted(
                  Math.round(leaf.lifetime().toSeconds() / 86_400.0),
                  limit.getKey(),
                  limit.getValue()));
    }
  }

  private void keys(Presented presented) {
    var worst = Optional.<Severity>empty();
    var weak = new ArrayList<String>();
    for (var certificate : presented.relevant()) {
      for (var weakness : List.of(key(certificate), signature(certificate))) {
        if (weakness.isPresent()) {
          var severity = weakness.get().severity();
          weak.add(weakness.get().what());
          worst =
              worst.filter(known -> known.compareTo(severity) >= 0).or(() -> Optional.of(severity));
        }
      }
    }
    worst.ifPresent(
        severity ->
            add(
                TlsRules.CERT_KEY,
                "presents a weak certificate chain: " + String.join(", ", weak),
                severity));
  }

  private record Weakness(Severity severity, String what) {}

  private static Optional<Weakness> key(X509Certificate certificate) {
    var bits =
        switch (certificate.getPublicKey()) {
          case RSAPublicKey rsa -> rsa.getModulus().bitLength();
          case ECPublicKey ec -> ec.getParams().getOrder().bitLength();
          default -> Integer.MAX_VALUE;
        };
    var algorithm = certificate.getPublicKey().getAlgorithm();
    var what =
        "%s %d of %s"
            .formatted(algorithm, bits, Leaf.shortName(certificate.getSubjectX500Principal()));
    return switch (certificate.getPublicKey()) {
      case RSAPublicKey _ when bits < 2048 -> Optional.of(new Weakness(CRITICAL, what));
      case RSAPublicKey _ when bits < 3072 -> Optional.of(new Weakness(INFO, what));
      case ECPublicKey _ when bits < 256 -> Optional.of(new Weakness(CRITICAL, what));
      case DSAPublicKey _ ->
          Optional.of(
              new Weakness(
                  CRITICAL, "DSA of " + Leaf.shortName(certificate.getSubjectX500Principal())));
      default -> Optional.empty();
    };
  }

  private static Optional<Weakness> signature(X509Certificate certificate) {
    var algorithm = certificate.getSigAlgName();
    var upper = algorithm.toUpperCase(Locale.ROOT);
    return Stream.of("SHA1", "SHA-1", "MD5", "MD2").anyMatch(upper::startsWith)
        ? Optional.of(
            new Weakness(
                CRITICAL,
                "%s on %s"
                    .formatted(algorithm, Leaf.shortName(certificate.getSubjectX500Principal()))))
        : Optional.empty();
  }

  private void names(Leaf leaf) {
    var connector = connectorName();
    var wanted = host.name().toString();
    var sanMatches = leaf.sanMatches(host.name());
    var cnMatches = leaf.cnMatches(host.name());
    var unconnected =
        connector.filter(
            name -> leaf.commonName().filter(cn -> NameMatch.matchesConnector(cn, name)).isEmpty());
    if (!sanMatches) {
      add(
          TlsRules.CERT_SAN_MATCH,
          cnMatches
              ? "presents a certificate with %s only in its CN, not in its SAN (%s): legacy only, modern clients will refuse it"
                  .formatted(wanted, names(leaf.dnsNames()))
              : "presents a certificate without %s in its SAN (%s)"
                  .formatted(wanted, names(leaf.dnsNames())),
          cnMatches && (connector.isPresent() || wants(TlsLevel.VERIFY)) ? CRITICAL : WARNING,
          acceptance(leaf));
    }
    if (leaf.commonName().isEmpty()) {
      add(
          TlsRules.CERT_CN_ABSENT,
          "presents a certificate without a common name",
          connector.isPresent() ? CRITICAL : INFO,
          acceptance(leaf));
    } else if (!cnMatches) {
      add(
          TlsRules.CERT_CN_MATCH,
          sanMatches
              ? "presents a certificate whose SAN is right and whose CN is %s: accepted by standards clients, but it violates the SEPPmail connector instruction (CN = host name)"
                  .formatted(leaf.commonName().get())
              : "presents a certificate whose CN is %s".formatted(leaf.commonName().get()),
          unconnected.isPresent() ? CRITICAL : host.gateway().isPresent() ? WARNING : INFO,
          acceptance(leaf));
    }
    unconnected.ifPresent(
        name ->
            add(
                TlsRules.CONNECTOR_NAME,
                "presents a certificate with %s; the connector wants the CN %s or its wildcard"
                    .formatted(leaf.commonName().map(cn -> "CN " + cn).orElse("no CN"), name),
                CRITICAL,
                acceptance(leaf)));
  }

  /** The verdict of everybody who compares names, each in his own way. */
  private Map<String, Object> acceptance(Leaf leaf) {
    var sanMatches = leaf.sanMatches(host.name());
    var cnMatches = leaf.cnMatches(host.name());
    var evidence = new LinkedHashMap<String, Object>();
    evidence.put("subjectCn", leaf.commonName().orElse(""));
    evidence.put("subjectAltNames", leaf.dnsNames());
    evidence.put("acceptedByStandardsClients", sanMatches);
    evidence.put("acceptedByPostfix", leaf.isFor(host.name()));
    evidence.put("acceptedByExchangeConnector", sanMatches || cnMatches);
    evidence.put("acceptedBySeppmailConnector", cnMatches);
    return evidence;
  }

  private static String names(List<String> names) {
    return names.isEmpty()
        ? "it has none"
        : String.join(", ", names.subList(0, Math.min(5, names.size())))
            + (names.size() > 5 ? ", …" : "");
  }

  private void usages(Leaf leaf) {
    var usages = leaf.usages();
    if (usages.isEmpty() || usages.get().contains(ANY_USAGE)) {
      return;
    }
    if (!usages.get().contains(SERVER_AUTH)) {
      add(TlsRules.CERT_EKU, "presents a certificate that is not for servers (no serverAuth)");
    } else if (!usages.get().contains(CLIENT_AUTH) && connectorName().isPresent()) {
      add(
          TlsRules.CERT_EKU,
          "presents a certificate without clientAuth; when the gateway shows it to the connector, the other side may refuse it",
          WARNING);
    }
  }

  private void add(Finding finding) {
    findings.add(finding);
  }

  private void add(Rule rule, String what) {
    add(rule, what, rule.severity());
  }

  private void add(Rule rule, String what, Severity severity) {
    add(rule, what, severity, Map.of());
  }

  private void add(Rule rule, String what, Severity severity, Map<String, Object> evidence) {
    var finding = Finding.of(rule, host.subject(), host.subject() + " " + what).severity(severity);
    for (var fact : evidence.entrySet()) {
      finding = finding.with(fact.getKey(), fact.getValue());
    }
    findings.add(finding);
  }

  /** The names that the operator, not DNS, says the domain's mail goes to. */
  static boolean isDeclared(ManagedDomain domain, DnsName host) {
    var prescribed =
        domain.inbound().stream()
            .flatMap(inbound -> inbound.mx().stream())
            .flatMap(set -> set.hosts().stream())
            .anyMatch(wanted -> wanted.host().matches(host));
    return prescribed
        || Stream.of(
                domain.forwardingServers().stream(),
                domain.smarthosts().stream(),
                domain.declared().deliveryRoutes().stream())
            .flatMap(hops -> hops)
            .map(NextHop::host)
            .flatMap(Optional::stream)
            .anyMatch(host::equals);
  }
}

package maildrift.probes.tls;

import java.util.Comparator;
import java.util.Optional;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.Leg;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Prescription;
import maildrift.probes.domain.TlsLevel;

/**
 * Which level of protection a leg of the domain's mail must reach, and who says so: the level that
 * the operator declared for the leg, else the domain's, else the one that the provider of the host
 * asks for. Where tenants share a gateway no leg of theirs may be below {@link TlsLevel#VERIFY}.
 */
final class Ladder {
  private static final TlsLevel FLOOR = TlsLevel.VERIFY;

  private Ladder() {}

  /**
   * A level, and who asks for it.
   *
   * @param by {@code tls_levels}, {@code tls_level}, {@code shared gateway} or a profile
   * @param isDeclared the operator asks for it, or shares a gateway; a profile alone never makes
   *     more than a warning
   */
  record Required(TlsLevel level, Leg leg, String by, boolean isDeclared) {

    /** Half a sentence. */
    String shown() {
      return switch (by) {
        case "tls_level" -> level.word() + " is declared";
        case "tls_levels" -> "%s is declared for the %s leg".formatted(level.word(), leg.word());
        case SHARED -> level.word() + " is the least where tenants share a gateway";
        default -> "%s is what %s asks for".formatted(level.word(), by);
      };
    }
  }

  private static final String SHARED = "shared gateway";

  static Optional<Required> of(ManagedDomain domain, Leg leg, DnsName host) {
    var asked =
        Optional.ofNullable(domain.declared().tlsLevels().get(leg))
            .map(level -> new Required(level, leg, "tls_levels", true))
            .or(() -> domain.tlsLevel().map(level -> new Required(level, leg, "tls_level", true)))
            .or(() -> prescribed(domain, leg, host));
    var isBelow = asked.filter(one -> one.level.compareTo(FLOOR) >= 0).isEmpty();
    return leg != Leg.MX && isBelow && domain.neighbours().sharesAGateway()
        ? Optional.of(new Required(FLOOR, leg, SHARED, true))
        : asked;
  }

  private static Optional<Required> prescribed(ManagedDomain domain, Leg leg, DnsName host) {
    return domain.prescriptions().stream()
        .filter(by -> isOf(by, leg, host))
        .flatMap(
            by -> by.tlsLevel().stream().map(level -> new Required(level, leg, by.label(), false)))
        .max(Comparator.comparing(Required::level));
  }

  private static boolean isOf(Prescription by, Leg leg, DnsName host) {
    return switch (leg) {
      case FORWARDING -> by.forwarding().contains(host);
      case SMARTHOST -> by.smarthosts().contains(host);
      case MX, GATEWAY -> false;
    };
  }

  /** The highest of those of the host's legs; what the operator says before what a profile does. */
  static Optional<Required> of(ManagedDomain domain, TlsSeen.Host host) {
    return host.legs().stream()
        .sorted()
        .flatMap(leg -> of(domain, leg, host.name()).stream())
        .max(Comparator.comparing(Required::isDeclared).thenComparing(Required::level));
  }
}

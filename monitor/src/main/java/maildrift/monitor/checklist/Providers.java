package maildrift.monitor.checklist;

import java.util.List;
import java.util.stream.Stream;
import maildrift.probes.domain.HostPattern;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Prescription;
import maildrift.probes.domain.Role;

/** The hosts of providers that a declared host may be. */
final class Providers {
  private Providers() {}

  /** Empty: no profile names any. */
  static List<HostPattern> hosts(See.Provided provided, Checklist checklist, ManagedDomain domain) {
    return switch (provided) {
      case FORWARDING ->
          checklist.prescriptions(domain).stream()
              .flatMap(profile -> profile.forwarding().stream())
              .map(host -> new HostPattern(host.toString()))
              .distinct()
              .toList();
      case SMARTHOSTS ->
          checklist.prescriptions(domain).stream()
              .flatMap(profile -> profile.smarthosts().stream())
              .map(host -> new HostPattern(host.toString()))
              .distinct()
              .toList();
      case MAILBOXES ->
          checklist.others(domain).stream()
              .filter(profile -> profile.role() != Role.GATEWAY)
              .flatMap(Providers::takers)
              .distinct()
              .toList();
    };
  }

  /** Hosts that take mail for it. */
  private static Stream<HostPattern> takers(Prescription profile) {
    return Stream.concat(
        profile.forwarding().stream().map(host -> new HostPattern(host.toString())),
        profile.mx().stream().flatMap(set -> set.hosts().stream()).map(Prescription.MxHost::host));
  }
}

package maildrift.monitor.config;

import maildrift.probes.dns.DnsName;

/** Names of hosts and mail domains. */
public final class Hosts {
  private Hosts() {}

  /**
   * A name as people write it, and nothing that only looks like one: no wildcard, no URL, no IPv4
   * address (RFC 1123 section 2.1: a last label of digits is never a host's).
   *
   * @throws IllegalArgumentException that repeats what was written
   */
  static DnsName name(String written) {
    var name = DnsName.parse(written).filter(Hosts::isHost);
    return name.orElseThrow(
        () ->
            new IllegalArgumentException(
                "'%s' is not a domain name".formatted(Words.shortened(written))));
  }

  /** Whether a host or mail domain can be called so. */
  public static boolean isHost(DnsName name) {
    return !name.isRoot()
        && !name.labels().getLast().chars().allMatch(c -> c >= '0' && c <= '9')
        && name.labels().stream().allMatch(Hosts::isLabel);
  }

  private static boolean isLabel(String label) {
    return !label.startsWith("-")
        && !label.endsWith("-")
        && label
            .chars()
            .allMatch(
                c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_');
  }
}

package maildrift.probes.spf;

import maildrift.probes.dns.DnsName;

/**
 * The identity that is checked: MAIL FROM, or {@code postmaster@helo} when that is empty (RFC 7208
 * §2.4). Without a local-part, {@code postmaster} stands in (§4.3).
 */
record Sender(String local, String domain) {
  private static final String POSTMASTER = "postmaster";

  static Sender of(String mailFrom, String helo) {
    var bare =
        mailFrom.startsWith("<") && mailFrom.endsWith(">")
            ? mailFrom.substring(1, mailFrom.length() - 1)
            : mailFrom;
    if (bare.isEmpty()) {
      return new Sender(POSTMASTER, ascii(helo));
    }
    var at = bare.lastIndexOf('@');
    return at <= 0
        ? new Sender(POSTMASTER, ascii(bare.substring(at + 1)))
        : new Sender(bare.substring(0, at), ascii(bare.substring(at + 1)));
  }

  /** U-labels become A-labels (§4.3); what is no name stays as it is, and is found to be none. */
  private static String ascii(String domain) {
    var name = DomainSpec.withoutTrailingDot(domain);
    return name.chars().allMatch(c -> c < 0x80)
        ? name
        : DnsName.parse(name).map(DnsName::toString).orElse(name);
  }

  @Override
  public String toString() {
    return local + "@" + domain;
  }
}

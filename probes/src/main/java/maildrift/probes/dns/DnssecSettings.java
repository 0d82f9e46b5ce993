package maildrift.probes.dns;

import java.util.List;
import java.util.Optional;

/**
 * What DNSSEC rests on.
 *
 * @param anchors DS or DNSKEY records, one a line, as in a zone file
 * @param trustedResolver a validating resolver whose AD bit is believed instead, because the
 *     operator vouches for it and for the way to it
 */
public record DnssecSettings(List<String> anchors, Optional<DnsServer> trustedResolver) {

  /**
   * The keys of the root zone: KSK-2017 and KSK-2024, as IANA publishes them at
   * https://data.iana.org/root-anchors/root-anchors.xml.
   */
  public static final List<String> ROOT =
      List.of(
          ". IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D",
          ". IN DS 38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16");

  /** We validate ourselves, from the root. */
  public static final DnssecSettings DEFAULT = new DnssecSettings(ROOT, Optional.empty());

  public DnssecSettings {
    anchors = List.copyOf(anchors);
    if (anchors.isEmpty() && trustedResolver.isEmpty()) {
      throw new IllegalArgumentException("DNSSEC needs a trust anchor or a trusted resolver");
    }
  }

  /**
   * With the anchors of a file's text.
   *
   * @throws IllegalArgumentException when it holds none, or a line that is no record
   */
  public DnssecSettings anchors(String text) {
    return new DnssecSettings(Validator.anchors(text), trustedResolver);
  }

  public DnssecSettings trusting(DnsServer resolver) {
    return new DnssecSettings(anchors, Optional.of(resolver));
  }
}

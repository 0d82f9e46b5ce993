package maildrift.probes.dns;

import java.time.Duration;
import java.time.Instant;

/**
 * An RRSIG record (RFC 4034 §3), without the signature itself.
 *
 * @param owner whose records it covers
 * @param covers the type of the covered records, as text, e.g. {@code MX} or {@code TYPE65534}
 * @param signer the zone
 * @param originalTtl of the covered records, as published and not as cached
 * @param expiration as the 32 bits of the record say, which come round every 136 years
 */
public record Signature(
    DnsName owner,
    String covers,
    int algorithm,
    int keyTag,
    DnsName signer,
    Instant inception,
    Instant expiration,
    Duration originalTtl) {

  public Duration validity() {
    return Duration.between(inception, expiration);
  }
}

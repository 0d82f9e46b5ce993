package maildrift.monitor.state;

/**
 * A number that a probe's facts hold and that becomes a series.
 *
 * @param kind which series
 * @param first the value of the series' first own label (selector, policy, host, source); empty
 *     where it has none
 * @param second of the second (port, name, allowlist)
 * @param third of the third (kind)
 */
public record Sample(Kind kind, String first, String second, String third, double value) {

  static Sample of(Kind kind, double value) {
    return new Sample(kind, "", "", "", value);
  }

  /** Whether it is the same number, whatever its value. The policy in force is a value. */
  boolean isSameSeries(Sample other) {
    return kind == other.kind
        && (kind == Kind.DMARC_POLICY
            || (first.equals(other.first)
                && second.equals(other.second)
                && third.equals(other.third)));
  }

  /** The series of domains, hosts and netblock sources. */
  public enum Kind {
    SPF_LOOKUPS,
    SPF_VOID_LOOKUPS,
    SPF_NETBLOCKS,
    DKIM_KEY_BITS,
    DMARC_POLICY,
    MX_MATCHES_PROFILE,
    TLS_LEVEL,
    TLS_NOT_AFTER,
    TLS_CN_MATCH,
    NETBLOCK_DRIFT
  }
}

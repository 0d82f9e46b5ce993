package maildrift.probes.dmarc;

import java.util.Locale;
import java.util.Optional;

/** What a domain's owner asks for mail that fails DMARC (RFC 9989 §4.7), from weak to strong. */
public enum Policy {
  NONE,
  QUARANTINE,
  REJECT;

  /** The word in the record, in JSON and in metrics. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** {@code dmarc-request}; letters in any case (RFC 5234 §2.3). */
  public static Optional<Policy> parse(String word) {
    for (var policy : values()) {
      if (policy.word().equalsIgnoreCase(word)) {
        return Optional.of(policy);
      }
    }
    return Optional.empty();
  }

  /** What {@code t=y} makes of it: one level below. */
  public Policy lowered() {
    return switch (this) {
      case NONE, QUARANTINE -> NONE;
      case REJECT -> QUARANTINE;
    };
  }

  public boolean isWeakerThan(Policy other) {
    return compareTo(other) < 0;
  }
}

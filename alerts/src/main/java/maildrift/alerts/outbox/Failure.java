package maildrift.alerts.outbox;

import java.util.Locale;

/** Why a notification did not arrive; the label {@code reason} of the metric. */
public enum Failure {
  TIMEOUT,
  CONNECTION,
  TLS,
  /** The name has no address, or one that we do not connect to. */
  ADDRESS,
  REDIRECT,
  THROTTLED,
  CLIENT_ERROR,
  SERVER_ERROR,
  GONE,
  AUTHENTICATION,
  /** A secret of ours could not be read. */
  SECRET,
  REJECTED,
  OTHER;

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}

package maildrift.probes.autosetup;

/** The services that SRV records name for mail programs (RFC 6186 §3, RFC 8314 §5.1). */
public enum Service {
  IMAPS("_imaps._tcp", true),
  IMAP("_imap._tcp", false),
  POP3S("_pop3s._tcp", true),
  POP3("_pop3._tcp", false),
  SUBMISSIONS("_submissions._tcp", true),
  SUBMISSION("_submission._tcp", false),
  AUTODISCOVER("_autodiscover._tcp", false);

  private final String label;
  private final boolean isWrapped;

  Service(String label, boolean isWrapped) {
    this.label = label;
    this.isWrapped = isWrapped;
  }

  String label() {
    return label;
  }

  /** TLS from the first octet. */
  boolean isWrapped() {
    return isWrapped;
  }

  /** No port, or one that is known to be another service's. */
  boolean isStrange(int port) {
    return port == 0
        || switch (this) {
          case IMAPS -> port == 143;
          case IMAP -> port == 993;
          case POP3S -> port == 110;
          case POP3 -> port == 995;
          case SUBMISSIONS -> port == 25 || port == 587;
          case SUBMISSION -> port == 25 || port == 465;
          case AUTODISCOVER -> false;
        };
  }
}

package maildrift.monitor.config;

import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * Somebody who hears of alerts. URLs may carry a secret in their path (chat services), so that only
 * scheme and host are ever printed.
 */
public sealed interface ReceiverConfig {

  /** The key in the configuration. */
  String name();

  /** Whether it hears of what has ended, too. */
  boolean sendResolved();

  /** A name that resolves to a private address is used too. */
  boolean allowPrivate();

  /** A POST of Alertmanager's JSON, signed the Standard Webhooks way when there is a secret. */
  record Webhook(
      String name, URI url, Optional<Secret> secret, boolean sendResolved, boolean allowPrivate)
      implements ReceiverConfig {
    @Override
    public String toString() {
      return "Webhook[name=%s, url=%s]".formatted(name, Urls.shown(url));
    }
  }

  /** Alertmanager's API v2; it decides itself what to do with what has ended. */
  record Alertmanager(
      String name,
      URI url,
      Optional<String> username,
      Optional<Secret> password,
      boolean allowPrivate)
      implements ReceiverConfig {
    @Override
    public boolean sendResolved() {
      return true;
    }

    @Override
    public String toString() {
      return "Alertmanager[name=%s, url=%s]".formatted(name, Urls.shown(url));
    }
  }

  /** Mail over SMTP. */
  record Mail(
      String name,
      List<String> to,
      String from,
      HostPort smtp,
      StartTls starttls,
      Optional<String> username,
      Optional<Secret> password,
      boolean sendResolved,
      boolean allowPrivate)
      implements ReceiverConfig {
    public Mail {
      to = List.copyOf(to);
    }
  }

  /** Whether mail may leave in clear text. */
  enum StartTls {
    /** No TLS, no mail. */
    REQUIRED,
    /** TLS when the server offers it. */
    OPTIONAL,
    /** Never. */
    NONE;

    public String word() {
      return switch (this) {
        case REQUIRED -> "required";
        case OPTIONAL -> "optional";
        case NONE -> "none";
      };
    }
  }
}

package maildrift.probes.tls;

import java.util.Optional;
import java.util.Set;
import maildrift.probes.Finding;
import maildrift.probes.dns.DnsName;
import maildrift.probes.smtp.SmtpLook;

/** Whether a server's certificate depends on the server name that a client sends (SNI). Pure. */
final class ServerName {

  private ServerName() {}

  /** What a second look without the name adds. */
  sealed interface Comparison {}

  record Same() implements Comparison {}

  record Differs(Finding finding) implements Comparison {}

  record Unseen(String why) implements Comparison {}

  /** None is for an address (RFC 6066 §3). */
  static boolean isSent(DnsName host) {
    return !TlsSeen.Host.isAddress(host);
  }

  /**
   * Whether a second look tells something: at the operator's own hosts it always does. A stranger's
   * is left in peace unless it shows that it chooses, because its certificate is for the name we
   * asked for and not for the one in its banner, or because it refuses our name.
   */
  static boolean mayMatter(SmtpLook look, boolean own) {
    return look instanceof SmtpLook.Spoke spoke
        && switch (spoke.tls()) {
          case SmtpLook.Handshake handshake -> own || isChosen(spoke, handshake);
          case SmtpLook.NoHandshake(var _, var why) -> why.contains("unrecognized_name");
          case SmtpLook.NotOffered _, SmtpLook.Declined _, SmtpLook.Interrupted _ -> false;
        };
  }

  private static boolean isChosen(SmtpLook.Spoke spoke, SmtpLook.Handshake handshake) {
    var host = spoke.target().host();
    var banner = spoke.banner();
    var end = banner.indexOf(' ');
    var own = DnsName.parse(end < 0 ? banner : banner.substring(0, end));
    return own.filter(name -> name.labels().size() > 1 && !name.equals(host)).isPresent()
        && leaf(handshake)
            .filter(leaf -> leaf.sanMatches(host) && !leaf.sanMatches(own.get()))
            .isPresent();
  }

  static Comparison compare(TlsSeen.Host host, SmtpLook.Spoke named, SmtpLook unnamed) {
    return switch (unnamed) {
      case SmtpLook.Unobservable(var _, var why) -> new Unseen(why);
      case SmtpLook.Refused(var _, var why) -> new Unseen(why);
      case SmtpLook.Spoke spoke ->
          switch (spoke.tls()) {
            case SmtpLook.Interrupted(var why) -> new Unseen(why);
            case SmtpLook.NotOffered _ -> new Unseen("it did not offer STARTTLS this time");
            case SmtpLook.Declined(var reply) -> new Unseen(reply);
            case SmtpLook.NoHandshake(var _, var why) ->
                named.tls() instanceof SmtpLook.Handshake
                    ? differs(host, "does not negotiate at all: " + why)
                    : new Same();
            case SmtpLook.Handshake handshake -> compare(host, named, handshake);
          };
    };
  }

  private static Comparison compare(
      TlsSeen.Host host, SmtpLook.Spoke named, SmtpLook.Handshake without) {
    var other = leaf(without);
    if (!(named.tls() instanceof SmtpLook.Handshake with)) {
      return differs(
          host,
          "negotiates and presents a certificate for %s, while it refuses the name %s"
              .formatted(other.map(Leaf::shown).orElse("nobody"), host.name()));
    }
    var one = leaf(with);
    // A renewed certificate of the same names is not another one: the looks may be hours apart.
    return one.map(ServerName::identity).equals(other.map(ServerName::identity))
        ? new Same()
        : differs(
            host,
            "presents a certificate for %s (issuer %s), with it one for %s"
                .formatted(
                    other.map(Leaf::shown).orElse("nobody"),
                    other.map(Leaf::issuer).orElse("unknown"),
                    one.map(Leaf::shown).orElse("nobody")));
  }

  private record Identity(String subject, Set<String> names, boolean selfIssued) {}

  private static Identity identity(Leaf leaf) {
    return new Identity(leaf.subject(), Set.copyOf(leaf.dnsNames()), leaf.selfIssued());
  }

  private static Differs differs(TlsSeen.Host host, String what) {
    return new Differs(
        Finding.of(
            TlsRules.SNI,
            host.subject(),
            "%s, when no server name is sent, %s".formatted(host.subject(), what)));
  }

  private static Optional<Leaf> leaf(SmtpLook.Handshake handshake) {
    return MailHosts.certificates(handshake).stream().findFirst().map(Leaf::of);
  }
}

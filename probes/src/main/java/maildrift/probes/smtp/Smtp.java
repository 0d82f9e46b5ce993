package maildrift.probes.smtp;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import maildrift.probes.dns.DnsName;

/**
 * Looks at mail servers. Blocking: called on virtual threads. Never throws for what a server does.
 * Implementations look at a host and port once for all domains that share it, and pace what they
 * send to one address.
 */
public interface Smtp {

  /** Looks at all targets at once and waits for all of them; answers are in the targets' order. */
  List<SmtpLook> look(List<Target> targets);

  /** What servers may be asked to do beyond a look; nothing unless the operator wants it. */
  default Set<Trial> trials() {
    return Set.of();
  }

  /** Tries all of them at once; results are in the attempts' order. Each is made rarely. */
  default List<Tried> attempt(List<Attempt> attempts) {
    return attempts.stream()
        .<Tried>map(_ -> new Tried.Unseen("this network tries nothing"))
        .toList();
  }

  /**
   * What servers concede to a client that offers only what is forbidden; two connections each, made
   * rarely. In the targets' order, or empty where this network makes no such offers.
   */
  default List<Concessions> concessions(List<Target> targets) {
    return List.of();
  }

  /** The port of MX hosts; 25 unless the configuration says otherwise (laboratories). */
  default int port() {
    return 25;
  }

  /**
   * One address of one mail host.
   *
   * @param host the name, used for SNI and shown; certificates are matched against it later, in the
   *     judgement
   * @param address where to connect
   * @param port usually 25
   * @param declared the operator wrote this very address; it is his word, and contacted even when
   *     it is private
   * @param named the host's name is sent (SNI, RFC 6066 §3). Postfix sends none unless it is told
   *     to, so that what a server shows without may be what senders see
   * @param wrapped TLS is spoken from the first octet (RFC 8314 §3), and nothing inside it: a
   *     server for mail programs
   */
  record Target(
      DnsName host,
      InetAddress address,
      int port,
      boolean declared,
      boolean named,
      boolean wrapped) {

    /** A server that offers STARTTLS, if anything. */
    public Target(DnsName host, InetAddress address, int port, boolean declared, boolean named) {
      this(host, address, port, declared, named, false);
    }

    /** A server that speaks TLS at once. */
    public static Target wrapped(DnsName host, InetAddress address, int port) {
      return new Target(host, address, port, false, true, true);
    }

    /** With SNI. */
    public Target(DnsName host, InetAddress address, int port, boolean declared) {
      this(host, address, port, declared, true);
    }

    /** An address that DNS gave. */
    public Target(DnsName host, InetAddress address, int port) {
      this(host, address, port, false);
    }

    /** The same without SNI: another connection, remembered for hours. */
    public Target unnamed() {
      return new Target(host, address, port, declared, false, wrapped);
    }
  }

  /**
   * One trial at one target.
   *
   * @param domain whose postmaster is asked for; {@link Trial#PLAINTEXT} goes no further than MAIL
   *     FROM without
   */
  record Attempt(Target target, Trial trial, Optional<DnsName> domain) {
    public Attempt {
      if (trial == Trial.POSTMASTER
          ? domain.isEmpty()
          : trial != Trial.PLAINTEXT && domain.isPresent()) {
        throw new IllegalArgumentException("a domain is for whom postmaster is asked for");
      }
    }
  }
}

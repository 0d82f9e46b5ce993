package maildrift.probes.declared;

import java.util.ArrayList;
import java.util.List;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.Connector;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.NextHop;

/**
 * A declared host in its place.
 *
 * @param use what mail it is for
 * @param port where it answers: as written, else the port of mail hosts, which laboratories change
 */
record Hop(Use use, NextHop next, int port) {
  static final int SMTP = 25;

  /** Where a host is declared, and what its form makes of it. */
  enum Use {
    FORWARDING("forwarding server", true),
    SMARTHOST("smarthost", true),
    ROUTE("delivery route", false),
    CONNECTOR("smart host of a connector", false);

    private final String words;
    private final boolean hasBrackets;

    Use(String words, boolean hasBrackets) {
      this.words = words;
      this.hasBrackets = hasBrackets;
    }

    String words() {
      return words;
    }

    /** In its form a name without brackets stands for its MX. */
    boolean hasBrackets() {
      return hasBrackets;
    }

    /** Whether anybody speaks to it; connectors end at gateways and providers, seen elsewhere. */
    boolean isLookedAt() {
      return this != CONNECTOR;
    }
  }

  static List<Hop> of(ManagedDomain domain) {
    return of(domain, SMTP);
  }

  static List<Hop> of(ManagedDomain domain, int smtp) {
    var hops = new ArrayList<Hop>();
    domain
        .forwardingServers()
        .forEach(next -> hops.add(new Hop(Use.FORWARDING, next, port(next, smtp))));
    domain.smarthosts().forEach(next -> hops.add(new Hop(Use.SMARTHOST, next, port(next, smtp))));
    domain
        .declared()
        .deliveryRoutes()
        .forEach(next -> hops.add(new Hop(Use.ROUTE, next, port(next, smtp))));
    for (var connector : domain.declared().connectors()) {
      if (connector.direction() == Connector.Direction.TO_PARTNER) {
        connector
            .smartHosts()
            .forEach(next -> hops.add(new Hop(Use.CONNECTOR, next, port(next, smtp))));
      }
    }
    return hops;
  }

  private static int port(NextHop next, int smtp) {
    return next.port() == SMTP ? smtp : next.port();
  }

  /** Mail goes to the hosts of its MX. */
  boolean isMx() {
    return use.hasBrackets && !next.bracketed() && next.host().isPresent();
  }

  DnsName target() {
    return next.target();
  }

  /** As in findings: {@code host:port}, as the tls probe calls it. */
  String subject() {
    return target() + ":" + port;
  }

  /** As it belongs into a form, with the brackets or without. */
  String written(boolean bracketed) {
    var host = bracketed ? "[" + target() + "]" : target().toString();
    return next.port() == SMTP ? host : host + ":" + next.port();
  }
}

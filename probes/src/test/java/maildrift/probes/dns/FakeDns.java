package maildrift.probes.dns;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import maildrift.probes.dns.server.Fault;
import maildrift.probes.dns.server.NameServer;

/**
 * A name server of a test's own: real UDP and TCP on loopback, port 0. It serves what the test
 * lists, may change at any time, and can be told to misbehave.
 *
 * <pre>{@code
 * try (var dns = FakeDns.serving("contoso.test 300 MX 10 mx.contoso.test", "contoso.test TXT v=spf1 -all")) {
 *   dns.fault("_dmarc.contoso.test", Fault.SERVFAIL);
 * }
 * }</pre>
 */
public final class FakeDns implements AutoCloseable {
  private final NameServer server;

  private FakeDns(NameServer server) {
    this.server = server;
  }

  /** Lines as {@link NameServer#add} takes them. */
  public static FakeDns serving(String... lines) {
    return new FakeDns(NameServer.start().add(lines));
  }

  /** On another loopback address, e.g. {@code 127.0.0.7}, and a given port (0: any). */
  public static FakeDns at(String address, int port, String... lines) {
    return new FakeDns(NameServer.start(InetAddress.ofLiteral(address), port).add(lines));
  }

  /** Everything else that it can do. */
  public NameServer server() {
    return server;
  }

  public InetSocketAddress address() {
    return server.address();
  }

  /** As {@code --dns} takes it. */
  public String hostAndPort() {
    return server.hostAndPort();
  }

  public FakeDns add(String... lines) {
    server.add(lines);
    return this;
  }

  /** In place of what was there of the same names and types. */
  public FakeDns set(String... lines) {
    server.set(lines);
    return this;
  }

  /** One TXT record of several strings, one char an octet. */
  public FakeDns txt(String owner, String... strings) {
    server.txt(owner, strings);
    return this;
  }

  public FakeDns remove(String owner) {
    server.remove(owner);
    return this;
  }

  public FakeDns remove(String owner, String type) {
    server.remove(owner, type);
    return this;
  }

  /** From now on these go wrong for this name (and only these); none: nothing does. */
  public FakeDns fault(String owner, Fault... wrong) {
    server.fault(owner, wrong);
    return this;
  }

  /** From now on these go wrong for every name without faults of its own. */
  public FakeDns faults(Fault... wrong) {
    server.faults(wrong);
    return this;
  }

  public FakeDns heal() {
    server.heal();
    return this;
  }

  public FakeDns delay(Duration by) {
    server.delay(by);
    return this;
  }

  /** How often a name was asked for, whatever the type. */
  public long asked(String owner) {
    return server.asked(owner);
  }

  public long asked(String owner, String type) {
    return server.asked(owner, type);
  }

  @Override
  public void close() {
    server.close();
  }
}

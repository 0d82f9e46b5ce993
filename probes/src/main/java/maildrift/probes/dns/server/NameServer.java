package maildrift.probes.dns.server;

import static org.xbill.DNS.Flags.AA;
import static org.xbill.DNS.Flags.AD;
import static org.xbill.DNS.Flags.CD;
import static org.xbill.DNS.Flags.QR;
import static org.xbill.DNS.Flags.RA;
import static org.xbill.DNS.Flags.RD;
import static org.xbill.DNS.Flags.TC;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * A name server on loopback, UDP and TCP, that serves the records it is told, as a recursive server
 * and an authoritative one at once. Records and faults may change while it runs; each question sees
 * them as they are then.
 *
 * <pre>{@code
 * try (var server = NameServer.start()) {
 *   server.add("contoso.test 300 MX 10 mx.contoso.test", "contoso.test TXT v=spf1 -all");
 *   server.fault("_dmarc.contoso.test", Fault.SERVFAIL);
 *   server.hostAndPort(); // 127.0.0.1:40123
 * }
 * }</pre>
 */
public final class NameServer implements AutoCloseable {
  private static final int MAX_UDP = 1232;
  private static final InetAddress ADVERTISEMENTS = InetAddress.ofLiteral("203.0.113.80");
  private static final Duration DRIP = Duration.ofMillis(50);

  private final ZoneData data = new ZoneData();
  private final Map<Name, Set<Fault>> faults = new ConcurrentHashMap<>();
  private volatile Set<Fault> faultsOfAll = Set.of();
  private final Map<Name, List<Name>> referrals = new ConcurrentHashMap<>();
  private final Map<Name, Duration> delays = new ConcurrentHashMap<>();
  private volatile Duration delayOfAll = Duration.ZERO;
  private volatile Duration negativeTtl = Duration.ofMinutes(5);
  private volatile boolean authenticated;
  private volatile boolean authoritative = true;
  private volatile int extendedError = -1;
  private volatile UnaryOperator<byte[]> mangle = UnaryOperator.identity();
  private final Map<Asked, LongAdder> asked = new ConcurrentHashMap<>();
  private final Set<Asked> lost = ConcurrentHashMap.newKeySet();
  private final LongAdder datagrams = new LongAdder();
  private final Set<Integer> sourcePorts = ConcurrentHashMap.newKeySet();
  private final LongAdder connections = new LongAdder();

  private final DatagramSocket udp;
  private final ServerSocket tcp;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService later =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("name-server-later").factory());

  private record Asked(Name name, int type) {}

  private NameServer(DatagramSocket udp, ServerSocket tcp) {
    this.udp = udp;
    this.tcp = tcp;
    Thread.ofPlatform().daemon().name("name-server-udp").start(this::serveUdp);
    Thread.ofPlatform().daemon().name("name-server-tcp").start(this::serveTcp);
  }

  /** On 127.0.0.1 and a free port. */
  public static NameServer start() {
    return start(InetAddress.ofLiteral("127.0.0.1"), 0);
  }

  /**
   * On a loopback address, over UDP and TCP.
   *
   * @param port 0: any that is free for both
   * @throws UncheckedIOException if it is taken
   */
  public static NameServer start(InetAddress address, int port) {
    IOException last = new IOException("no port");
    for (var attempt = 0; attempt < 20; attempt++) {
      try {
        var tcp = new ServerSocket(port, 200, address);
        try {
          var udp = new DatagramSocket(new InetSocketAddress(address, tcp.getLocalPort()));
          udp.setReceiveBufferSize(4 << 20);
          return new NameServer(udp, tcp);
        } catch (IOException taken) {
          tcp.close();
          last = taken;
        }
      } catch (IOException taken) {
        last = taken;
      }
    }
    throw new UncheckedIOException("no name server at " + address + ":" + port, last);
  }

  public InetSocketAddress address() {
    return new InetSocketAddress(tcp.getInetAddress(), tcp.getLocalPort());
  }

  /** As {@code --dns} takes it. */
  public String hostAndPort() {
    return tcp.getInetAddress().getHostAddress() + ":" + tcp.getLocalPort();
  }

  /**
   * Adds records, one a line: {@code OWNER [TTL] [IN] TYPE RDATA}; names are absolute with or
   * without the trailing dot. TXT data without quotes are one text up to the end of the line.
   *
   * @throws IllegalArgumentException for a line that is no record
   */
  public NameServer add(String... lines) {
    data.add(Arrays.stream(lines).map(ZoneData::parse).toList());
    return this;
  }

  /** As {@link #add}, in place of what was there of the same names and types. */
  public NameServer set(String... lines) {
    data.replace(Arrays.stream(lines).map(ZoneData::parse).toList());
    return this;
  }

  /** Adds one TXT record of several strings, one char an octet (ISO-8859-1). */
  public NameServer txt(String owner, String... strings) {
    var quoted = new StringBuilder(owner).append(" TXT");
    for (var string : strings) {
      quoted.append(" \"").append(ZoneData.escaped(string)).append('"');
    }
    return add(quoted.toString());
  }

  /** Removes the records of one type. */
  public NameServer remove(String owner, String type) {
    data.remove(ZoneData.name(owner), Type.value(type));
    return this;
  }

  /** Removes all records of a name. */
  public NameServer remove(String owner) {
    data.remove(ZoneData.name(owner));
    return this;
  }

  /** From now on whoever asks for this name, or one below it, is referred to these servers. */
  public NameServer refer(String zone, String... servers) {
    referrals.put(ZoneData.name(zone), Arrays.stream(servers).map(ZoneData::name).toList());
    return this;
  }

  /** From now on connections over TCP are refused. */
  public NameServer withoutTcp() {
    try {
      tcp.close();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    return this;
  }

  /** From now on these go wrong for this name (and only these); none: nothing does. */
  public NameServer fault(String owner, Fault... wrong) {
    faults.put(ZoneData.name(owner), setOf(wrong));
    return this;
  }

  /** From now on these go wrong for every name that has no faults of its own. */
  public NameServer faults(Fault... wrong) {
    faultsOfAll = setOf(wrong);
    return this;
  }

  /** Nothing goes wrong any more. */
  public NameServer heal() {
    faults.clear();
    faultsOfAll = Set.of();
    delays.clear();
    delayOfAll = Duration.ZERO;
    mangle = UnaryOperator.identity();
    lost.clear();
    return this;
  }

  private static Set<Fault> setOf(Fault... wrong) {
    return wrong.length == 0 ? Set.of() : Set.copyOf(EnumSet.copyOf(List.of(wrong)));
  }

  /** Every answer for this name comes so much later. */
  public NameServer delay(String owner, Duration by) {
    delays.put(ZoneData.name(owner), by);
    return this;
  }

  /** Every answer comes so much later. */
  public NameServer delay(Duration by) {
    delayOfAll = by;
    return this;
  }

  /** The TTL and the minimum of the SOA that is made up where none is listed. */
  public NameServer negativeTtl(Duration ttl) {
    negativeTtl = ttl;
    return this;
  }

  /** Whether answers carry AD, as those of a validating resolver do. */
  public NameServer authenticated(boolean value) {
    authenticated = value;
    return this;
  }

  /** Whether answers carry AA. */
  public NameServer authoritative(boolean value) {
    authoritative = value;
    return this;
  }

  /** Every answer to a query with EDNS carries this code (RFC 8914); negative: none. */
  public NameServer extendedError(int code) {
    extendedError = code;
    return this;
  }

  /** Changes every response's bytes before it is sent. */
  public NameServer mangle(UnaryOperator<byte[]> change) {
    mangle = change;
    return this;
  }

  /** How often a name was asked for, whatever the type, over UDP and TCP. */
  public long asked(String owner) {
    var name = ZoneData.name(owner);
    return asked.entrySet().stream()
        .filter(entry -> entry.getKey().name.equals(name))
        .mapToLong(entry -> entry.getValue().sum())
        .sum();
  }

  /** How often a name was asked for a type. */
  public long asked(String owner, String type) {
    var count = asked.get(new Asked(ZoneData.name(owner), Type.value(type)));
    return count == null ? 0 : count.sum();
  }

  /** How many queries came over UDP. */
  public long datagrams() {
    return datagrams.sum();
  }

  /** The ports that datagrams came from. */
  public Set<Integer> sourcePorts() {
    return Set.copyOf(sourcePorts);
  }

  /** How many queries came over TCP. */
  public long connections() {
    return connections.sum();
  }

  private void serveUdp() {
    var buffer = new byte[4096];
    while (!udp.isClosed()) {
      var packet = new DatagramPacket(buffer, buffer.length);
      try {
        udp.receive(packet);
        var query = new Message(Arrays.copyOf(packet.getData(), packet.getLength()));
        datagrams.increment();
        sourcePorts.add(packet.getPort());
        answerUdp(query, packet.getSocketAddress());
      } catch (IOException | RuntimeException _) {
        // Closed, or not a query: nothing to answer.
      }
    }
  }

  private void answerUdp(Message query, java.net.SocketAddress from) throws IOException {
    var question = query.getQuestion();
    if (question == null) {
      return;
    }
    var wrong = faultsOf(question.getName());
    count(question);
    if (wrong.contains(Fault.SILENT) || wrong.contains(Fault.SILENT_OVER_UDP)) {
      return;
    }
    if (wrong.contains(Fault.LOSES_THE_FIRST)
        && lost.add(new Asked(question.getName().canonicalize(), question.getType()))) {
      return;
    }
    if (wrong.contains(Fault.LOSES_SOME) && ThreadLocalRandom.current().nextInt(10) < 3) {
      return;
    }
    if (wrong.contains(Fault.FORGED_FIRST)) {
      send(forgery(query).toWire(), from, Duration.ZERO);
    }
    send(mangle.apply(udpReply(query, wrong)), from, delayOf(question.getName()));
  }

  private byte[] udpReply(Message query, Set<Fault> wrong) {
    if (wrong.contains(Fault.GARBAGE) || wrong.contains(Fault.GARBAGE_EVERYWHERE)) {
      return new byte[] {1, 2, 3};
    }
    var reply = reply(query, wrong);
    if (wrong.contains(Fault.WRONG_ID) || wrong.contains(Fault.WRONG_ID_AND_NO_TCP)) {
      reply.getHeader().setID(query.getHeader().getID() ^ 0x5555);
    }
    if (wrong.contains(Fault.WRONG_QUESTION)) {
      reply.removeAllRecords(Section.QUESTION);
      reply.addRecord(
          Record.newRecord(ZoneData.name("other.test"), query.getQuestion().getType(), DClass.IN),
          Section.QUESTION);
    }
    if (wrong.contains(Fault.TRUNCATED)) {
      reply.getHeader().setFlag(TC);
      reply.removeAllRecords(Section.ANSWER);
      reply.removeAllRecords(Section.AUTHORITY);
    }
    var opt = query.getOPT();
    var limit = opt == null ? 512 : Math.min(MAX_UDP, Math.max(512, opt.getPayloadSize()));
    var wire = reply.toWire(limit);
    if (wrong.contains(Fault.WRONG_CASE)) {
      invertCase(wire);
    }
    return wire;
  }

  /** Inverts the letters of the first question's name. */
  private static void invertCase(byte[] wire) {
    for (var at = 12; wire[at] != 0; ) {
      var end = at + wire[at];
      for (at++; at <= end; at++) {
        if (Character.isLetter(wire[at])) {
          wire[at] ^= 0x20;
        }
      }
    }
  }

  private Message forgery(Message query) {
    var forged = reply(query, Set.of(Fault.DENIES));
    forged.getHeader().setID(query.getHeader().getID() ^ 0x0f0f);
    return forged;
  }

  private void send(byte[] wire, java.net.SocketAddress to, Duration delay) throws IOException {
    if (delay.isZero()) {
      udp.send(new DatagramPacket(wire, wire.length, to));
      return;
    }
    var _ =
        later.schedule(
            () -> {
              try {
                udp.send(new DatagramPacket(wire, wire.length, to));
              } catch (IOException _) {
                // The server was closed meanwhile.
              }
            },
            delay.toNanos(),
            TimeUnit.NANOSECONDS);
  }

  private void serveTcp() {
    while (!tcp.isClosed()) {
      try {
        var client = tcp.accept();
        open.add(client);
        Thread.ofVirtual().start(() -> serve(client));
      } catch (IOException _) {
        // Closed; the loop ends.
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      client.setSoTimeout(30_000);
      client.setTcpNoDelay(true);
      var in = new DataInputStream(client.getInputStream());
      while (true) {
        var wire = new byte[in.readUnsignedShort()];
        in.readFully(wire);
        connections.increment();
        if (!answerTcp(client, new Message(wire))) {
          return;
        }
      }
    } catch (IOException | InterruptedException | RuntimeException _) {
      // The client is gone or sent no query.
    } finally {
      open.remove(client);
    }
  }

  private boolean answerTcp(Socket client, Message query) throws IOException, InterruptedException {
    var question = query.getQuestion();
    if (question == null) {
      return false;
    }
    var wrong = faultsOf(question.getName());
    count(question);
    if (wrong.contains(Fault.CLOSED_TCP) || wrong.contains(Fault.WRONG_ID_AND_NO_TCP)) {
      return false;
    }
    if (wrong.contains(Fault.SILENT) || wrong.contains(Fault.MUTE_TCP)) {
      return true;
    }
    var delay = delayOf(question.getName());
    if (!delay.isZero()) {
      Thread.sleep(delay);
    }
    var message =
        wrong.contains(Fault.GARBAGE_EVERYWHERE)
            ? new byte[] {1, 2, 3}
            : mangle.apply(reply(query, wrong).toWire(65_535));
    var framed = new byte[message.length + 2];
    framed[0] = (byte) (message.length >> 8);
    framed[1] = (byte) message.length;
    System.arraycopy(message, 0, framed, 2, message.length);
    var out = client.getOutputStream();
    if (wrong.contains(Fault.ENDLESS_TCP)) {
      out.write(new byte[] {-1, -1, 1, 2, 3});
      return true;
    }
    if (wrong.contains(Fault.DRIPPING_TCP)) {
      for (var octet : framed) {
        out.write(octet);
        Thread.sleep(DRIP);
      }
      return true;
    }
    out.write(framed);
    return true;
  }

  private void count(Record question) {
    asked
        .computeIfAbsent(
            new Asked(question.getName().canonicalize(), question.getType()), _ -> new LongAdder())
        .increment();
  }

  private Set<Fault> faultsOf(Name name) {
    return faults.getOrDefault(name.canonicalize(), faultsOfAll);
  }

  private Duration delayOf(Name name) {
    return delays.getOrDefault(name.canonicalize(), delayOfAll);
  }

  private Message reply(Message query, Set<Fault> wrong) {
    var question = query.getQuestion();
    var reply = new Message(query.getHeader().getID());
    var header = reply.getHeader();
    header.setFlag(QR);
    header.setFlag(RA);
    if (query.getHeader().getFlag(RD)) {
      header.setFlag(RD);
    }
    reply.addRecord(question, Section.QUESTION);
    var opt = query.getOPT();
    if (wrong.contains(Fault.FORMERR_TO_EDNS) && opt != null) {
      header.setRcode(Rcode.FORMERR);
      return reply;
    }
    if (opt != null) {
      var options =
          extendedError < 0
              ? List.<org.xbill.DNS.EDNSOption>of()
              : List.<org.xbill.DNS.EDNSOption>of(new ExtendedErrorCodeOption(extendedError));
      reply.addRecord(new OPTRecord(MAX_UDP, 0, 0, 0, options), Section.ADDITIONAL);
    }
    if (wrong.contains(Fault.SERVFAIL)
        || (wrong.contains(Fault.BOGUS) && !query.getHeader().getFlag(CD))) {
      header.setRcode(Rcode.SERVFAIL);
    } else if (wrong.contains(Fault.REFUSED)) {
      header.setRcode(Rcode.REFUSED);
    } else if (wrong.contains(Fault.NOTIMP)) {
      header.setRcode(Rcode.NOTIMP);
    } else if (wrong.contains(Fault.REFERRAL)) {
      reply.addRecord(
          new NSRecord(Name.root, DClass.IN, 300, ZoneData.name("ns.root-servers.test")),
          Section.AUTHORITY);
    } else {
      answer(reply, question, wrong, opt != null && (opt.getFlags() & ExtendedFlags.DO) != 0);
    }
    return reply;
  }

  private void answer(Message reply, Record question, Set<Fault> wrong, boolean signed) {
    for (var referral : referrals.entrySet()) {
      if (question.getName().subdomain(referral.getKey())) {
        referral
            .getValue()
            .forEach(
                server ->
                    reply.addRecord(
                        new NSRecord(referral.getKey(), DClass.IN, 300, server),
                        Section.AUTHORITY));
        return;
      }
    }
    var said = data.ask(question.getName(), question.getType(), negativeTtl.toSeconds(), signed);
    if (authoritative) {
      reply.getHeader().setFlag(AA);
    }
    if (authenticated) {
      reply.getHeader().setFlag(AD);
    }
    if (wrong.contains(Fault.DENIES) || wrong.contains(Fault.EMPTIES)) {
      reply.getHeader().setRcode(wrong.contains(Fault.DENIES) ? Rcode.NXDOMAIN : Rcode.NOERROR);
      data.ask(ZoneData.name("nowhere.invalid"), Type.A, negativeTtl.toSeconds())
          .authority()
          .forEach(record -> reply.addRecord(record, Section.AUTHORITY));
      return;
    }
    if (wrong.contains(Fault.HIJACKS) && said.answer().isEmpty() && question.getType() == Type.A) {
      reply.addRecord(
          new ARecord(question.getName(), DClass.IN, 300, ADVERTISEMENTS), Section.ANSWER);
      return;
    }
    reply.getHeader().setRcode(said.rcode());
    said.answer().forEach(record -> reply.addRecord(record, Section.ANSWER));
    said.authority().forEach(record -> reply.addRecord(record, Section.AUTHORITY));
  }

  /** Stops at once; the port is free afterwards. */
  @Override
  public void close() {
    later.shutdownNow();
    udp.close();
    try {
      tcp.close();
      for (var client : open) {
        client.close();
      }
    } catch (SocketException _) {
      // Already closed.
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}

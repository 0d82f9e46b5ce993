package maildrift.probes.smtp;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import maildrift.probes.dns.DnsName;

/**
 * The first message of a client of TLS 1.2 or older (RFC 5246 §7.4.1.2), in a record of its own.
 * The JDK's client cannot be made to offer what we want to see refused; this one cannot do more
 * than offer it.
 */
final class ClientHello {
  static final int TLS_1_1 = 0x0302;
  static final int TLS_1_2 = 0x0303;

  private static final SecureRandom RANDOM = new SecureRandom();

  private ClientHello() {}

  /**
   * Writes one.
   *
   * @param version the newest that the client speaks
   * @param host the server's name, sent as SNI; empty: none is sent
   */
  static byte[] of(int version, List<Integer> suites, Optional<DnsName> host) {
    var random = new byte[32];
    RANDOM.nextBytes(random);
    var offered = new Octets();
    suites.forEach(offered::two);
    offered.two(Suites.RENEGOTIATION_INFO);
    var body =
        new Octets()
            .two(version)
            .all(random)
            .one(0) // no session to resume
            .vector(offered)
            .one(1)
            .one(0) // no compression
            .vector(extensions(version, host));
    var message = new Octets().one(1).three(body.size()).all(body.toByteArray());
    return new Octets().one(22).two(0x0301).vector(message).toByteArray();
  }

  private static Octets extensions(int version, Optional<DnsName> host) {
    var all = new Octets();
    host.ifPresent(
        name ->
            all.two(0)
                .vector(
                    new Octets()
                        .vector(
                            new Octets()
                                .one(0)
                                .vector(
                                    new Octets()
                                        .all(
                                            name.toString()
                                                .getBytes(StandardCharsets.US_ASCII))))));
    // RFC 8422 §5.1: the common curves, uncompressed.
    all.two(10).vector(new Octets().vector(new Octets().two(29).two(23).two(24).two(25)));
    all.two(11).vector(new Octets().one(1).one(0));
    if (version >= TLS_1_2) {
      all.two(13).vector(new Octets().vector(signatures()));
    }
    return all;
  }

  /** RFC 8446 §4.2.3: RSA, PSS, ECDSA and DSA, SHA-1 among the digests. */
  private static Octets signatures() {
    var all = new Octets();
    List.of(
            0x0401, 0x0501, 0x0601, 0x0804, 0x0805, 0x0806, 0x0403, 0x0503, 0x0603, 0x0402, 0x0201,
            0x0203, 0x0202)
        .forEach(all::two);
    return all;
  }

  /** Big-endian, as TLS writes. */
  private static final class Octets extends ByteArrayOutputStream {
    Octets one(int value) {
      write(value);
      return this;
    }

    Octets two(int value) {
      return one(value >> 8).one(value);
    }

    Octets three(int value) {
      return one(value >> 16).two(value);
    }

    Octets all(byte[] octets) {
      writeBytes(octets);
      return this;
    }

    /** With its length in two octets. */
    Octets vector(Octets content) {
      return two(content.size()).all(content.toByteArray());
    }
  }
}

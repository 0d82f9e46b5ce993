package maildrift.monitor.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The world: contoso.tld and fabrikam.tld behind Mimecast de, woodgrove.tld without a profile, and
 * the DNSSEC-signed lab.test, in NSD behind Unbound; their mail hosts are two Postfix instances.
 * All of it on loopback, in one temporary folder.
 */
final class Lab implements AutoCloseable {
  static final String NETBLOCKS = "de._netblocks.mimecast.com";

  /** As documented on 17 December 2024. */
  static final List<String> DOCUMENTED =
      List.of(
          "51.163.158.0/24",
          "194.104.109.0/24",
          "194.104.111.0/24",
          "194.104.110.21/32",
          "194.104.110.240/28",
          "62.140.10.21/32",
          "62.140.7.0/24",
          "194.104.108.240/29",
          "194.104.108.21/32");

  /** The servers that {@link #start} needs; {@link #mailHosts} needs more. */
  static final String[] NAME_SERVERS = {
    "nsd", "nsd-control", "unbound", "ldns-keygen", "ldns-signzone"
  };

  static final String[] MAIL_SERVERS = {"postfix", "openssl"};

  private static final String[] MAIL_ADDRESSES = {"127.0.0.25", "127.0.0.26"};
  private static final List<String> ZONES =
      List.of(
          "tld", "mimecast.com", "mail-connect.net", "outlook.com", Nsd.SIGNED, "127.in-addr.arpa");

  private final Deque<AutoCloseable> closing = new ArrayDeque<>();
  private final Path folder;
  final Nsd nsd;
  final Unbound unbound;
  final int smtpPort = Server.freePort(MAIL_ADDRESSES);
  private final String dkim = freshKey();

  private Lab() {
    try {
      folder = Files.createTempDirectory("maildrift-lab");
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    closing.push(this::removeFolder);
    try {
      nsd = open(new Nsd(folder("nsd"), ZONES));
      nsd.publish("tld", tld("-all"));
      nsd.publish("127.in-addr.arpa", reverse());
      nsd.publish(Nsd.SIGNED, signed());
      netblocks(DOCUMENTED);
      nsd.publish("mail-connect.net", mailConnect());
      nsd.publish("outlook.com", outlook());
      unbound = open(new Unbound(folder("unbound"), nsd, ZONES));
    } catch (RuntimeException failure) {
      close();
      throw failure;
    }
  }

  /** The name servers; a test must have required them. */
  static Lab start() {
    return new Lab();
  }

  /** Registers something to close before everything that was opened earlier. */
  <T extends AutoCloseable> T open(T part) {
    closing.push(part);
    return part;
  }

  Path folder(String name) {
    try {
      return Files.createDirectories(folder.resolve(name));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Starts both Postfix instances; gives the root that signed their certificates. */
  Path mailHosts() {
    var ca = new TestCa(folder("ca"));
    for (var i = 0; i < MAIL_ADDRESSES.length; i++) {
      var number = i + 1;
      var chain =
          ca.server(
              "mx" + number,
              "*.mimecast.com",
              "*.mimecast.com",
              "mimecast.com",
              "mx" + number + "." + Nsd.SIGNED,
              "*.mail.protection.outlook.com");
      open(
          new Postfix(
              folder("postfix-" + number),
              "de-smtp-inbound-%d.mimecast.com".formatted(number),
              MAIL_ADDRESSES[i],
              smtpPort,
              chain));
    }
    return ca.root();
  }

  /** What the provider publishes from now on. */
  void netblocks(List<String> networks) {
    nsd.publish(
        "mimecast.com",
        """
        de-smtp-inbound-1 A 127.0.0.25
        de-smtp-inbound-2 A 127.0.0.26
        de-smtp-outbound-1 A 127.0.0.25
        de-smtp-outbound-2 A 127.0.0.26
        de._netblocks TXT %s
        eu-smtp-inbound-1 A 127.0.0.25
        eu-smtp-inbound-2 A 127.0.0.26
        eu-smtp-outbound-1 A 127.0.0.25
        eu-smtp-outbound-2 A 127.0.0.26
        eu._netblocks TXT "v=spf1 ip4:198.51.100.128/25 ~all"
        """
            .formatted(
                text(
                    networks.stream()
                        .map(network -> "ip4:" + network)
                        .collect(Collectors.joining(" ", "v=spf1 ", " ~all")))));
  }

  /** Opens woodgrove.tld's SPF to everybody. */
  void loosen() {
    nsd.publish("tld", tld("+all"));
  }

  /** Closes it again. */
  void tighten() {
    nsd.publish("tld", tld("-all"));
  }

  /** Signs the signed zone anew, as it should be. */
  void heal() {
    signed("");
  }

  /** Signs the signed zone anew with more records in it. */
  void signed(String more) {
    nsd.publish(Nsd.SIGNED, signed() + more);
  }

  private String tld(String woodgroveEnds) {
    return """
    contoso MX 10 de-smtp-inbound-1.mimecast.com.
    contoso MX 10 de-smtp-inbound-2.mimecast.com.
    contoso TXT "v=spf1 include:de._netblocks.mimecast.com ~all"
    _dmarc.contoso TXT "v=DMARC1; p=quarantine; rua=mailto:dmarc@contoso.tld"
    default._domainkey.contoso TXT %1$s
    fabrikam MX 10 de-smtp-inbound-1.mimecast.com.
    fabrikam MX 10 de-smtp-inbound-2.mimecast.com.
    fabrikam TXT "v=spf1 include:de._netblocks.mimecast.com -all"
    _dmarc.fabrikam TXT "v=DMARC1; p=reject; rua=mailto:dmarc@fabrikam.tld"
    default._domainkey.fabrikam TXT %1$s
    woodgrove MX 10 de-smtp-inbound-2.mimecast.com.
    woodgrove TXT "v=spf1 mx %2$s"
    _dmarc.woodgrove TXT "v=DMARC1; p=reject; rua=mailto:dmarc@woodgrove.tld"
    default._domainkey.woodgrove TXT %1$s
    hostile MX 10 a\\"}\\010\\\\\\255\\{evil.hostile
    hostile TXT "v=spf1 -all"
    """
        .formatted(key(), woodgroveEnds);
  }

  private static String mailConnect() {
    return """
    mx A 80.254.138.130
    mx A 80.254.138.131
    _spf TXT "v=spf1 ip4:80.254.138.128/26 -all"
    autoconfig A 80.254.138.132
    autodiscover A 80.254.138.133
    posteingang A 80.254.138.134
    postausgang A 80.254.138.135
    """;
  }

  private static String outlook() {
    return """
    adatum-tld.mail.protection A 127.0.0.25
    tailspin-tld.mail.protection A 127.0.0.25
    secmail-tld.mail.protection A 127.0.0.25
    spf.protection TXT "v=spf1 ip4:192.0.2.128/25 -all"
    """;
  }

  /** A key record that is in order. */
  String key() {
    return text("v=DKIM1; k=rsa; p=" + dkim);
  }

  private String signed() {
    return """
    @ MX 10 mx1
    @ TXT "v=spf1 mx -all"
    _dmarc TXT "v=DMARC1; p=reject; rua=mailto:dmarc@lab.test"
    default._domainkey TXT %s
    mx1 A 127.0.0.25
    """
        .formatted(key());
  }

  private static String reverse() {
    return """
    25.0.0 PTR de-smtp-inbound-1.mimecast.com.
    26.0.0 PTR de-smtp-inbound-2.mimecast.com.
    """;
  }

  /** A TXT record's data in strings of at most 255 octets. */
  static String text(String value) {
    var strings = new ArrayList<String>();
    for (var at = 0; at < value.length(); at += 250) {
      strings.add("\"" + value.substring(at, Math.min(value.length(), at + 250)) + "\"");
    }
    return String.join(" ", strings);
  }

  static String freshKey() {
    try {
      var generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return Base64.getEncoder()
          .encodeToString(generator.generateKeyPair().getPublic().getEncoded());
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private void removeFolder() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }
  }

  @Override
  public void close() {
    while (!closing.isEmpty()) {
      try {
        closing.pop().close();
      } catch (Exception failure) {
        throw new IllegalStateException(failure);
      }
    }
  }
}

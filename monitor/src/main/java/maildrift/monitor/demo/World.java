package maildrift.monitor.demo;

import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import maildrift.probes.dns.server.NameServer;
import maildrift.probes.smtp.server.MailServer;

/**
 * The name server and the mail servers of the demo, as they should be; the script makes them drift.
 */
final class World implements AutoCloseable {
  static final String NETBLOCKS = "de._netblocks.mimecast.com";

  /** As documented on 17 December 2024. */
  private static final String DOCUMENTED =
      "v=spf1 ip4:51.163.158.0/24 ip4:194.104.109.0/24 ip4:194.104.111.0/24 ip4:194.104.110.21/32"
          + " ip4:194.104.110.240/28 ip4:62.140.10.21/32 ip4:62.140.7.0/24 ip4:194.104.108.240/29 ip4:194.104.108.21/32 ~all";

  /** The key that mail-connect gives to all its customers. */
  private static final String SHARED_KEY =
      "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDCdG1MYcrYYxCb3fcCSfgs6GyprlkaKNJ1qCsru1B0/ndQD7iLFECzU2UPGXlS"
          + "sevM56HxvAQNodjA0zvyrPbAKKdStEeLj1IbySxUoqRjCQOviLS4SI8duVtTd53kum1ugvQtGd7byj6THGkIvJEpI22QzhF2uMfh9ijCiesjAQIDAQAB";

  /** The domain that moves from Microsoft 365 to the gateway. */
  static final String MOVING = "northwind.tld";

  private static final String OLD_MX = "10 northwind-tld.mail.protection.outlook.com";
  private static final String NEW_MX = "10 secure.secmail.tld";
  private static final String OLD_SPF = "v=spf1 include:spf.protection.outlook.com -all";
  private static final String BOTH_SPF = "v=spf1 mx include:spf.protection.outlook.com -all";

  private static final int TRIES = 20;

  private final Deque<AutoCloseable> closing = new ArrayDeque<>();
  final DemoCa ca = new DemoCa();
  final NameServer names;

  /** The zone's own server of the domain that moves; what the resolver has of it may be older. */
  final NameServer moving;

  private final MailServer secure;
  final int smtpPort;

  World() {
    names = NameServer.start();
    closing.push(names);
    moving = NameServer.start();
    closing.push(moving);
    var first = inbound(1, 0);
    smtpPort = first.port();
    inbound(2, smtpPort);
    secure =
        mail(
            "127.0.10.3",
            smtpPort,
            MailServer.Manner.named("secure.secmail.tld")
                .tls(ca.server("secure.secmail.tld", "secure.secmail.tld")));
    mail(
        "127.0.10.4",
        smtpPort,
        MailServer.Manner.named("mx.mail-connect.net")
            .tls(ca.server("mx.mail-connect.net", "mx.mail-connect.net")));
    publish();
  }

  private MailServer inbound(int number, int port) {
    var host = "de-smtp-inbound-%d.mimecast.com".formatted(number);
    return mail(
        "127.0.10." + number,
        port,
        MailServer.Manner.named(host)
            .tls(ca.server("*.mimecast.com", "*.mimecast.com", "mimecast.com")));
  }

  private MailServer mail(String address, int port, MailServer.Manner manner) {
    for (var tries = 1; ; tries++) {
      try {
        var server = MailServer.start(InetAddress.ofLiteral(address), port, manner);
        closing.push(server);
        return server;
      } catch (UncheckedIOException taken) {
        if (tries == TRIES) {
          throw new IllegalStateException(
              "the demo needs the addresses 127.0.10.1 to 127.0.10.4 with one free port (every Linux has them)",
              taken);
        }
      }
    }
  }

  private void publish() {
    names.add(
        "contoso.tld 1 MX 10 de-smtp-inbound-1.mimecast.com",
        "contoso.tld 1 MX 10 de-smtp-inbound-2.mimecast.com",
        "contoso.tld 1 TXT v=spf1 include:de._netblocks.mimecast.com ~all",
        "_dmarc.contoso.tld 1 TXT v=DMARC1; p=quarantine; rua=mailto:dmarc@contoso.tld",
        "fabrikam.tld 1 MX 10 de-smtp-inbound-1.mimecast.com",
        "fabrikam.tld 1 MX 10 de-smtp-inbound-2.mimecast.com",
        "fabrikam.tld 1 TXT v=spf1 include:de._netblocks.mimecast.com -all",
        "_dmarc.fabrikam.tld 1 TXT v=DMARC1; p=reject; rua=mailto:dmarc@fabrikam.tld",
        "secmail.tld 1 MX 10 secure.secmail.tld",
        "secmail.tld 1 TXT v=spf1 mx -all",
        "_dmarc.secmail.tld 1 TXT v=DMARC1; p=reject; rua=mailto:dmarc@secmail.tld",
        "secure.secmail.tld 1 A 127.0.10.3",
        "3.10.0.127.in-addr.arpa 1 PTR secure.secmail.tld",
        "firma.tld 1 MX 10 mx.mail-connect.net",
        "firma.tld 1 TXT v=spf1 include:_spf.mail-connect.net ?all",
        "_dmarc.firma.tld 1 TXT v=DMARC1; p=quarantine; ruf=mailto:postmaster@firma.tld;",
        "autoconfig.firma.tld 1 CNAME autoconfig.mail-connect.net",
        "_autodiscover._tcp.firma.tld 1 SRV 1 100 443 autodiscover.mail-connect.net",
        "autoconfig.mail-connect.net 1 A 80.254.138.130",
        "autodiscover.mail-connect.net 1 A 80.254.138.131",
        "team.tld 1 MX 10 mx.mail-connect.net",
        "team.tld 1 TXT v=spf1 include:_spf.mail-connect.net ?all",
        "_dmarc.team.tld 1 TXT v=DMARC1; p=quarantine; ruf=mailto:postmaster@team.tld;",
        "secgate.tld 1 MX 10 mx.mail-connect.net",
        "secgate.tld 1 TXT v=spf1 include:_spf.mail-connect.net ?all",
        "_dmarc.secgate.tld 1 TXT v=DMARC1; p=quarantine; ruf=mailto:postmaster@secgate.tld;",
        "autoconfig.secgate.tld 1 CNAME mail.secgate.tld",
        "mail.secgate.tld 1 A 192.0.2.25",
        "mx.mail-connect.net 1 A 127.0.10.4",
        "_spf.mail-connect.net 1 TXT v=spf1 ip4:80.254.138.128/26 -all",
        "de-smtp-inbound-1.mimecast.com 1 A 127.0.10.1",
        "de-smtp-inbound-2.mimecast.com 1 A 127.0.10.2",
        "de-smtp-outbound-1.mimecast.com 1 A 127.0.10.1",
        "1.10.0.127.in-addr.arpa 1 PTR de-smtp-inbound-1.mimecast.com",
        "2.10.0.127.in-addr.arpa 1 PTR de-smtp-inbound-2.mimecast.com",
        "4.10.0.127.in-addr.arpa 1 PTR mx.mail-connect.net",
        ". 1 NS a.root-servers.test",
        "tld 1 NS ns.tld",
        "ns.tld 1 A 127.0.0.1");
    names.add(
        "northwind-tld.mail.protection.outlook.com 1 A 127.0.10.4",
        "spf.protection.outlook.com 1 TXT v=spf1 ip4:40.92.0.0/15 -all");
    moving.add(MOVING + " 3600 NS ns." + MOVING, "secure.secmail.tld 1 A 127.0.10.3");
    remembered(OLD_MX, OLD_SPF);
    published(3600, OLD_MX, OLD_SPF);
    netblocksAsDocumented();
    for (var domain : new String[] {"contoso.tld", "fabrikam.tld", "secmail.tld"}) {
      key("default._domainkey." + domain, freshKey());
    }
    sharedKey();
    for (var domain : new String[] {"team.tld", "secgate.tld"}) {
      names.txt("mail-connect._domainkey." + domain, SHARED_KEY);
    }
  }

  private void key(String owner, String key) {
    names.remove(owner, "TXT");
    names.txt(owner, "v=DKIM1; k=rsa; p=", key.substring(0, 200), key.substring(200));
  }

  /** What the zone's own server says. */
  private void published(int ttl, String mx, String spf) {
    moving.set("%s %d MX %s".formatted(MOVING, ttl, mx));
    moving.set("%s %d TXT %s".formatted(MOVING, ttl, spf));
  }

  /** What the resolver has of it. */
  private void remembered(String mx, String spf) {
    names.set("%s 1 MX %s".formatted(MOVING, mx));
    names.set("%s 1 TXT %s".formatted(MOVING, spf));
  }

  void lowTtl() {
    published(60, OLD_MX, OLD_SPF);
  }

  void newMxAtTheSource() {
    published(60, NEW_MX, BOTH_SPF);
  }

  void newMxEverywhere() {
    remembered(NEW_MX, BOTH_SPF);
  }

  void oldIncludeRemoved() {
    published(60, NEW_MX, "v=spf1 mx -all");
    remembered(NEW_MX, "v=spf1 mx -all");
  }

  void netblocksAsDocumented() {
    names.set(NETBLOCKS + " 1 TXT " + DOCUMENTED);
  }

  void netblocksWith(String network) {
    names.set(NETBLOCKS + " 1 TXT " + DOCUMENTED.replace(" ~all", " ip4:" + network + " ~all"));
  }

  void strangeMx() {
    names.add("contoso.tld 1 MX 20 mx.stranger.tld", "mx.stranger.tld 1 A 127.0.10.4");
  }

  void mxAsItShouldBe() {
    names.set(
        "contoso.tld 1 MX 10 de-smtp-inbound-1.mimecast.com",
        "contoso.tld 1 MX 10 de-smtp-inbound-2.mimecast.com");
    names.remove("mx.stranger.tld");
  }

  void sharedKey() {
    names.remove("mail-connect._domainkey.firma.tld", "TXT");
    names.txt("mail-connect._domainkey.firma.tld", SHARED_KEY);
  }

  void otherKey() {
    key("mail-connect._domainkey.firma.tld", freshKey());
  }

  void forbiddenRecord() {
    names.add("autoconfig.team.tld 1 CNAME autoconfig.mail-connect.net");
  }

  void noForbiddenRecord() {
    names.remove("autoconfig.team.tld");
  }

  void wrongCertificate() {
    secure.manner(
        secure
            .manner()
            .tls(
                ca.server(
                    "old-gateway.secmail.tld", "secure.secmail.tld", "old-gateway.secmail.tld")));
  }

  void rightCertificate() {
    secure.manner(secure.manner().tls(ca.server("secure.secmail.tld", "secure.secmail.tld")));
  }

  private static String freshKey() {
    try {
      var generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return Base64.getEncoder()
          .encodeToString(generator.generateKeyPair().getPublic().getEncoded());
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
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

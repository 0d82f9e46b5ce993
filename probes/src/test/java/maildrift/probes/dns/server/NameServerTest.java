package maildrift.probes.dns.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;

/** The server seen by another implementation of DNS than our client. */
class NameServerTest {
  private final NameServer server =
      NameServer.start()
          .add(
              "contoso.test 60 MX 10 mx.contoso.test",
              "contoso.test TXT v=spf1 ip4:192.0.2.0/24; -all",
              "www.contoso.test CNAME contoso.test",
              "away.contoso.test CNAME elsewhere.example",
              "_a._b.contoso.test A 192.0.2.1",
              "*.wild.contoso.test A 192.0.2.2")
          .txt("raw.contoso.test", "a\"b\\c;\u001b", "\u00ff");

  @AfterEach
  void close() {
    server.close();
  }

  private Message ask(String name, int type, boolean tcp) throws IOException {
    var resolver = new SimpleResolver(server.address());
    resolver.setTimeout(Duration.ofSeconds(5));
    resolver.setTCP(tcp);
    return resolver.send(Message.newQuery(Record.newRecord(ZoneData.name(name), type, DClass.IN)));
  }

  @Test
  void servesWhatIsListedOverUdpAndTcp() throws IOException {
    for (var tcp : new boolean[] {false, true}) {
      var reply = ask("Contoso.test", Type.MX, tcp);

      assertThat(reply.getSection(Section.ANSWER))
          .singleElement()
          .hasToString("contoso.test.\t\t60\tIN\tMX\t10 mx.contoso.test.");
    }
    assertThat(server.asked("contoso.test", "MX")).isEqualTo(2);
    assertThat(server.connections()).isEqualTo(1);
  }

  @Test
  void textWithoutQuotesIsOneString() throws IOException {
    var texts = ask("contoso.test", Type.TXT, false).getSection(Section.ANSWER);

    assertThat(((TXTRecord) texts.getFirst()).getStrings())
        .containsExactly("v=spf1 ip4:192.0.2.0/24; -all");
  }

  @Test
  void rawOctetsSurvive() throws IOException {
    var texts = ask("raw.contoso.test", Type.TXT, false).getSection(Section.ANSWER);

    assertThat(((TXTRecord) texts.getFirst()).getStringsAsByteArrays())
        .containsExactly(
            new byte[] {'a', '"', 'b', '\\', 'c', ';', 0x1b}, new byte[] {(byte) 0xff});
  }

  @Test
  void emptyNonTerminalsExistAndUnknownNamesDoNot() throws IOException {
    assertThat(ask("_b.contoso.test", Type.A, false).getRcode()).isEqualTo(Rcode.NOERROR);

    var missing = ask("nothing.contoso.test", Type.A, false);
    assertThat(missing.getRcode()).isEqualTo(Rcode.NXDOMAIN);
    assertThat(missing.getSection(Section.AUTHORITY))
        .singleElement()
        .extracting(Record::getType)
        .isEqualTo(Type.SOA);
  }

  @Test
  void followsAliasesInsideItsDataAndStopsAtForeignOnes() throws IOException {
    assertThat(ask("www.contoso.test", Type.MX, false).getSection(Section.ANSWER)).hasSize(2);
    assertThat(ask("away.contoso.test", Type.MX, false).getSection(Section.ANSWER))
        .singleElement()
        .isInstanceOf(CNAMERecord.class);
  }

  @Test
  void wildcardsAreFilledIn() throws IOException {
    assertThat(ask("a.b.wild.contoso.test", Type.A, false).getSection(Section.ANSWER))
        .singleElement()
        .extracting(record -> record.getName().toString())
        .isEqualTo("a.b.wild.contoso.test.");
    assertThat(ask("wild.contoso.test", Type.A, false).getRcode()).isEqualTo(Rcode.NOERROR);
  }

  @Test
  void recordsAndFaultsChangeWhileItRuns() throws IOException {
    server.set("contoso.test 60 MX 20 other.contoso.test");
    assertThat(ask("contoso.test", Type.MX, false).getSection(Section.ANSWER)).hasSize(1);

    server.fault("contoso.test", Fault.SERVFAIL);
    assertThat(ask("contoso.test", Type.MX, false).getRcode()).isEqualTo(Rcode.SERVFAIL);

    server.heal().remove("contoso.test", "MX");
    assertThat(ask("contoso.test", Type.MX, false).getSection(Section.ANSWER)).isEmpty();
  }
}

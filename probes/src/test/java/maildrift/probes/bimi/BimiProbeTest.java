package maildrift.probes.bimi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import maildrift.probes.Context;
import maildrift.probes.Deadline;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.Judgement;
import maildrift.probes.Network;
import maildrift.probes.Outcome;
import maildrift.probes.Verdict;
import maildrift.probes.dns.Dns;
import maildrift.probes.dns.DnsDoor;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.DnsServer;
import maildrift.probes.dns.DnsSettings;
import maildrift.probes.dns.ListedDns;
import maildrift.probes.dns.server.Fault;
import maildrift.probes.dns.server.NameServer;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.https.FakeHttps;
import maildrift.probes.https.Https;
import maildrift.probes.https.HttpsDoor;
import maildrift.probes.https.HttpsLook;
import maildrift.probes.https.HttpsSettings;
import maildrift.probes.https.SharedHttps;
import maildrift.probes.smtp.Smtp;
import maildrift.probes.tls.TestCa;
import maildrift.probes.tls.TrustAnchors;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class BimiProbeTest {
  private static final ManagedDomain CONTOSO = ManagedDomain.undeclared(DnsName.of("contoso.test"));
  private static final TestCa CA = TestCa.root("Lab Root");
  private static final TestCa MARKS = TestCa.root("Lab Marks Root").intermediate("Lab Marks CA");
  private static final TestCa.Leaf WEB = CA.leaf("www.contoso.test");
  private static final KeyPurposeId MARK =
      KeyPurposeId.getInstance(new ASN1ObjectIdentifier("1.3.6.1.5.5.7.3.31"));
  private static final BimiProbe PROBE =
      new BimiProbe(TrustAnchors.only(List.of(CA.certificate())));

  private static final String LOGO =
      """
      <?xml version="1.0"?>
      <svg xmlns="http://www.w3.org/2000/svg" version="1.2" baseProfile="tiny-ps" viewBox="0 0 8 8">
      <title>Contoso</title><defs><linearGradient id="a"/></defs><path fill="url(#a)" d="M0 0h8v8z"/></svg>
      """;

  private static final String BOTH =
      "v=BIMI1; l=https://www.contoso.test/logo.svg; a=https://www.contoso.test/vmc.pem";

  /** DNS that is a list, and a web whose documents are what the test says. */
  private static final class World implements Network {
    private final Dns dns;
    private final Map<String, HttpsLook> documents = new HashMap<>();
    private final List<Https.Target> fetched = new ArrayList<>();

    World(Dns dns) {
      this.dns = dns;
    }

    World serves(String path, String type, String body) {
      return serves(path, 200, type, body);
    }

    World serves(String path, int status, String type, String body) {
      var headers = type.isEmpty() ? Map.<String, String>of() : Map.of("content-type", type);
      documents.put(
          path,
          new HttpsLook.Spoke(
              DnsName.of("www.contoso.test"),
              WEB.der(),
              new HttpsLook.Said.Reply(status, headers, body, false)));
      return this;
    }

    @Override
    public Dns dns() {
      return dns;
    }

    @Override
    public Smtp smtp() {
      throw new IllegalStateException("no mail server is asked");
    }

    @Override
    public Https https() {
      return target -> {
        fetched.add(target);
        return documents.getOrDefault(target.path(), new HttpsLook.Unobservable("no route"));
      };
    }

    @Override
    public Deadline deadline() {
      return Deadline.after(Duration.ofMinutes(1));
    }
  }

  private static World world(String record) {
    var dns = ListedDns.of("contoso.test TXT v=spf1 -all", "www.contoso.test A 192.0.2.80");
    if (!record.isEmpty()) {
      dns.add("default._bimi.contoso.test TXT " + record);
    }
    return new World(dns)
        .serves("/logo.svg", "image/svg+xml", LOGO)
        .serves("/vmc.pem", "application/x-pem-file", pem(mark("contoso.test")));
  }

  private static TestCa.Wish wish(String name) {
    return TestCa.wish("Contoso AG").dnsNames(name).usages(MARK);
  }

  private static TestCa.Leaf mark(String name) {
    return MARKS.leaf(wish(name));
  }

  private static String pem(TestCa.Leaf leaf) {
    return leaf.chain().stream().map(TestCa::pem).collect(Collectors.joining());
  }

  private static Judgement look(Network world) {
    return PROBE.judge(CONTOSO, PROBE.observe(CONTOSO, world), Context.at(Instant.now()));
  }

  private static String violated(Judgement judgement) {
    assertThat(judgement.gaps()).isEmpty();
    return Stream.of(
            judgement.findings().stream()
                .map(
                    finding ->
                        finding.rule().id().substring("bimi.".length())
                            + (finding.rule().equals(BimiRules.VMC_EXPIRED)
                                ? " " + finding.severity().word()
                                : "")),
            judgement.asides().stream()
                .flatMap(gap -> gap.rules().stream())
                .sorted()
                .map(rule -> "aside " + rule))
        .flatMap(all -> all)
        .collect(Collectors.joining(", "));
  }

  // the record | what is violated
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          v=BIMI1; l=https://www.contoso.test/logo.svg; a=https://www.contoso.test/vmc.pem |
          v=BIMI1;l=https://www.contoso.test/logo.svg                                      |
          v=BIMI1; l=https://www.contoso.test/logo.svg; a=; avp=personal; lps=news         |
          v=BIMI1; L = https://WWW.contoso.test:443/logo.svg ; x=y;                        |
          v=BIMI1; l=; a=;                                                                 |
          v=BIMI1; l=; a=https://www.contoso.test/vmc.pem                                  |
          v=BIMI1; l=http://www.contoso.test/logo.svg                                      | txt
          v=BIMI1; l=https://www.contoso.test:8443/logo.svg                                | txt
          v=BIMI1; l=https://192.0.2.1/logo.svg                                            | txt
          v=BIMI1; l=https://www.contoso.test/a b.svg                                      | txt
          v=BIMI1; l=www.contoso.test/logo.svg                                             | txt
          v=BIMI1; l=https://www.contoso.test/logo.svg; a=http://www.contoso.test/vmc.pem  | txt
          v=BIMI1; l=https://www.contoso.test/logo.svg; avp=mine                           | txt
          v=BIMI1; l=https://www.contoso.test/logo.svg; l=https://www.contoso.test/b.svg   | txt
          v=BIMI1; a=https://www.contoso.test/vmc.pem                                      | txt
          v=BIMI1                                                                          | txt
          v=bimi1; l=https://www.contoso.test/logo.svg                                     | txt
          v=spf1 -all                                                                      |
          v=BIMI1; l=https://www.contoso.test/gone.svg                                     | aside bimi.svg
          v=BIMI1; l=https://nobody.test/logo.svg                                          | svg
          """)
  void readsTheRecord(String record, @Nullable String violated) {
    assertThat(violated(look(world(record)))).isEqualTo(violated == null ? "" : violated);
  }

  @Test
  void withoutARecordNothingIsSaidAndNothingElseIsAsked() {
    var world = world("");
    var judgement = look(world);

    assertThat(judgement.outcome()).isEqualTo(Outcome.ABSENT);
    assertThat(violated(judgement)).isEmpty();
    assertThat(world.fetched).isEmpty();
    assertThat(((ListedDns) world.dns()).asked()).hasSize(1);
    assertThat(judgement.records()).containsEntry("default._bimi.contoso.test BIMI", "");
  }

  @Test
  void severalRecordsAreNone() {
    var world = world(BOTH);
    ((ListedDns) world.dns()).add("default._bimi.contoso.test TXT v=BIMI1; l=; a=");

    assertThat(violated(look(world))).isEqualTo("txt");
    assertThat(world.fetched).isEmpty();
  }

  // what is done to the logo | a part of what is said of it
  @ParameterizedTest
  @CsvSource(
      delimiter = '>',
      quoteCharacter = '`',
      textBlock =
          """
          version="1.2"                   > version="1.1"                      > it lacks version="1.2"
          baseProfile="tiny-ps"           > baseProfile="tiny"                 > it lacks baseProfile="tiny-ps"
          viewBox                         > x="0" viewBox                      > its root has x=
          <title#Contoso</title#          > <desc/#                            > it has no title
          <path                           > <script/#<path                     > it has an element <script#
          <path                           > <image xmlns:x="http://www.w3.org/1999/xlink" x:href="https://x.test/a.png"/#<path > it has an element <image#
          <path                           > <use href="https://x.test/a#b"/#<path > it refers to something outside: https://x.test/a#b
          <path                           > <path onclick="x()"                > it has an event handler, onclick
          url(#a)                         > url(https://x.test/)               > it refers to something outside
          <svg                            > <html                              > it is no SVG: its root is <html#
          </svg#                          > </svg                              > it is no well-formed XML
          <?xml version="1.0"?#           > <!DOCTYPE svg [<!ENTITY e SYSTEM "file:///etc/passwd"#]#  > it has a document type declaration
          """)
  void judgesTheLogo(String old, String now, String said) {
    var logo = LOGO;
    var changed = logo.replace(old.replace("#", ">").replace("url(>a)", "url(#a)"), angles(now));
    if (now.startsWith("<html")) {
      changed = changed.replace("</svg>", "</html>");
    }
    assertThat(changed).isNotEqualTo(logo);
    var judgement = look(world(BOTH).serves("/logo.svg", "image/svg+xml; charset=utf-8", changed));

    assertThat(violated(judgement)).isEqualTo("svg");
    assertThat(String.valueOf(judgement.findings().getFirst().evidence().get("problems")))
        .contains(angles(said));
  }

  /** The table's separator is the angle bracket; a fragment keeps its own sign. */
  private static String angles(String text) {
    return text.replace("a#b", "a\u0001b").replace("#", ">").replace("\u0001", "#");
  }

  @Test
  void anEntityIsNeverResolved() {
    var hostile =
        "<!DOCTYPE svg [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>"
            + LOGO.substring(LOGO.indexOf("<svg")).replace("Contoso", "&e;");

    assertThat(Svg.problems(hostile.getBytes(StandardCharsets.UTF_8)).toString())
        .doesNotContain("root")
        .contains("it ");
  }

  @Test
  void aLogoMayBeCompressedAndMustBeSmall() throws IOException {
    assertThat(Svg.problems(gzip(LOGO))).isEmpty();
    assertThat(Svg.problems((LOGO + " ".repeat(40_000)).getBytes(StandardCharsets.UTF_8)))
        .singleElement()
        .asString()
        .contains("more than 32768");
    assertThat(Svg.problems(gzip(LOGO + " ".repeat(10_000_000))))
        .containsExactly("it has more than 262144 octets, decompressed");
  }

  private static byte[] gzip(String text) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return out.toByteArray();
  }

  // status and media type of the logo | what is violated
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          200 text/plain     | svg
          200                | svg
          404 text/html      | svg
          301 text/html      | aside bimi.svg
          503 text/html      | aside bimi.svg
          """)
  void judgesHowTheLogoIsServed(String served, String violated) {
    var words = served.strip().split(" ", 2);
    var world =
        world(BOTH)
            .serves(
                "/logo.svg",
                Integer.parseInt(words[0]),
                words.length > 1 ? words[1] : "",
                words[0].equals("200") ? LOGO : "");

    assertThat(violated(look(world))).isEqualTo(violated);
  }

  @Test
  void judgesTheMarkCertificate() {
    var now = Instant.now();
    var year = Duration.ofDays(365);
    assertThat(violated(certificate(mark("default._bimi.contoso.test")))).isEmpty();
    assertThat(violated(certificate(mark("fabrikam.test")))).isEqualTo("vmc");
    assertThat(violated(certificate(MARKS.leaf(TestCa.wish("contoso.test"))))).isEqualTo("vmc");
    assertThat(violated(certificate(mark("contoso.test").sending(List.of())))).isEqualTo("vmc");
    assertThat(violated(certificate(mark("contoso.test").sending(List.of(CA.certificate())))))
        .isEqualTo("vmc");
    assertThat(
            violated(
                certificate(
                    MARKS.leaf(
                        wish("contoso.test")
                            .valid(now.minus(year).plus(Duration.ofDays(20)), year)))))
        .isEqualTo("vmc-expired warning");
    assertThat(
            violated(
                certificate(
                    MARKS.leaf(
                        wish("contoso.test").valid(now.minus(year).minusSeconds(60), year)))))
        .isEqualTo("vmc-expired warning");
    assertThat(
            violated(
                certificate(
                    MARKS.leaf(wish("contoso.test").valid(now.plus(Duration.ofDays(2)), year)))))
        .isEqualTo("vmc");
    assertThat(violated(look(world(BOTH).serves("/vmc.pem", "", "<html>"))))
        .isEqualTo("vmc, aside bimi.vmc-expired");
  }

  private static Judgement certificate(TestCa.Leaf leaf) {
    return look(world(BOTH).serves("/vmc.pem", "application/pem-certificate-chain", pem(leaf)));
  }

  // what DMARC publishes | what is violated
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          v=DMARC1; p=reject                  |
          v=DMARC1; p=quarantine; pct=100     |
          v=DMARC1; p=none                    | dmarc
          v=DMARC1; p=reject; sp=none         | dmarc
          v=DMARC1; p=reject; t=y             | dmarc
          v=DMARC1; p=reject; pct=50          | dmarc
          nothing                             | dmarc
          """)
  void wantsDmarcToBeEnforced(String record, @Nullable String violated) {
    var dmarc =
        new Judgement.Builder()
            .record("_dmarc.contoso.test DMARC", record.equals("nothing") ? "" : record)
            .build(Outcome.OBSERVED);
    var own = look(world(BOTH));

    assertThat(violated(PROBE.among(CONTOSO, own, Map.of("dmarc", dmarc))))
        .isEqualTo(violated == null ? "" : violated);
    assertThat(violated(PROBE.among(CONTOSO, own, Map.of()))).isEmpty();
    for (var quiet : List.of("", "v=BIMI1; l=; a=")) {
      assertThat(violated(PROBE.among(CONTOSO, look(world(quiet)), Map.of("dmarc", dmarc))))
          .isEmpty();
    }
  }

  @Test
  void whereDmarcCouldNotBeSeenNothingIsSaidOfIt() {
    var dmarc =
        new Judgement.Builder()
            .add(Gap.of("dmarc", "_dmarc.contoso.test TXT", "SERVFAIL", "dmarc."))
            .build(Outcome.UNOBSERVABLE);

    assertThat(violated(PROBE.among(CONTOSO, look(world(BOTH)), Map.of("dmarc", dmarc))))
        .isEqualTo("aside bimi.dmarc");
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"SERVFAIL", "REFUSED", "SILENT"})
  void aServerThatDoesNotAnswerSpoilsNoVerdict(Fault fault) {
    try (var server = NameServer.start();
        var door =
            new DnsDoor(
                DnsSettings.only(List.of(DnsServer.parse(server.hostAndPort())))
                    .timeout(Duration.ofMillis(300)))) {
      server.fault("default._bimi.contoso.test", fault);
      var judgement = look(new World(door.fresh(Deadline.after(Duration.ofSeconds(10)))));

      assertThat(Verdict.of(judgement.findings(), judgement.gaps())).isEqualTo(Verdict.PASS);
      assertThat(judgement.hides(new Finding.Key("bimi.vmc-expired", "contoso.test"))).isTrue();
      assertThat(judgement.records()).isEmpty();
    }
  }

  @Test
  void fetchesOverRealTls() {
    try (var server = FakeHttps.start(WEB)) {
      server.says(
          "HTTP/1.1 200 OK\r\nContent-Type: image/svg+xml\r\nContent-Length: %d\r\n\r\n%s"
              .formatted(LOGO.length(), LOGO));
      var door =
          new SharedHttps(
              new HttpsDoor(HttpsSettings.DEFAULT.port(server.port()).allowPrivate(true)));
      var listed =
          ListedDns.of(
              "default._bimi.contoso.test TXT v=BIMI1; l=https://www.contoso.test/logo.svg",
              "www.contoso.test A 127.0.0.1");
      var deadline = Deadline.after(Duration.ofSeconds(20));
      var judgement =
          look(
              new Network() {
                @Override
                public Dns dns() {
                  return listed;
                }

                @Override
                public Smtp smtp() {
                  throw new IllegalStateException("no mail server is asked");
                }

                @Override
                public Https https() {
                  return door.within(deadline);
                }

                @Override
                public Deadline deadline() {
                  return deadline;
                }
              });

      assertThat(violated(judgement)).isEmpty();
      assertThat(Optional.ofNullable(judgement.facts().get("logo")).map(Object::toString))
          .hasValueSatisfying(logo -> assertThat(logo).contains("observed"));
    }
  }
}

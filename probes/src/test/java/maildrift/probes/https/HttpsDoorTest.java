package maildrift.probes.https;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import maildrift.probes.Deadline;
import maildrift.probes.dns.DnsName;
import maildrift.probes.tls.TestCa;
import maildrift.probes.tls.TrustAnchors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpsDoorTest {
  private static final DnsName HOST = DnsName.of("mta-sts.contoso.test");
  private static final TestCa CA = TestCa.root("Lab Root");
  private static final TrustAnchors ANCHORS = TrustAnchors.only(List.of(CA.certificate()));
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  private final FakeHttps server = FakeHttps.start(CA.leaf(HOST.toString()));
  private final HttpsSettings settings =
      HttpsSettings.DEFAULT.port(server.port()).allowPrivate(true).timeout(Duration.ofSeconds(5));

  @AfterEach
  void close() {
    server.close();
  }

  // what the server says, with | for a line end | what we read
  @ParameterizedTest
  @CsvSource(
      delimiter = '>',
      quoteCharacter = '`',
      textBlock =
          """
          HTTP/1.1 200 OK|Content-Length: 3||abc                                   > 200 abc
          HTTP/1.1 200|Content-Length: 3||abc                                      > 200 abc
          HTTP/1.0 200 OK||abc                                                     > 200 abc
          HTTP/1.1 200 OK|Content-Length: 0||                                      > 200
          HTTP/1.1 103 Early|Link: x||HTTP/1.1 200 OK|Content-Length: 3||abc       > 200 abc
          HTTP/1.1 200 OK|Transfer-Encoding: chunked||2;x=y|ab|1|c|0||             > 200 abc
          HTTP/1.1 404 Not Found|Content-Length: 3||abc                            > 404
          HTTP/1.1 301 Moved|Location: https://www.contoso.test/||                 > 301
          HTTP/1.1 200 OK|Transfer-Encoding: chunked|Content-Length: 3||3|abc|0||  > garbled
          HTTP/1.1 200 OK|Transfer-Encoding: gzip, chunked||0||                    > garbled
          HTTP/1.1 200 OK|Transfer-Encoding: chunked||zz|ab                        > garbled
          HTTP/1.1 200 OK|Transfer-Encoding: chunked||2|abc|0||                    > garbled
          HTTP/1.1 200 OK|Content-Length: -1||abc                                  > garbled
          HTTP/1.1 200 OK|Content-Length: 3, 3||abc                                > garbled
          HTTP/1.1 200 OK|no header||abc                                           > garbled
          HTTP/1.1 200 OK|Content-Length : 3||abc                                  > garbled
          HTTP/1.1 999 Odd||abc                                                    > garbled
          220 mx.contoso.test ESMTP|                                               > garbled
          HTTP/1.1 200 OK|Content-Length: 9||abc                                   > unobservable
          HTTP/1.1 200 OK|Content-Le                                               > unobservable
          """)
  void readsAResponse(String said, String read) {
    server.says(said.strip().replace("|", "\r\n"));

    assertThat(read(get())).isEqualTo(read);
  }

  private static String read(HttpsLook look) {
    return switch (look) {
      case HttpsLook.Unobservable _ -> "unobservable";
      case HttpsLook.Refused _ -> "refused";
      case HttpsLook.NoHandshake _ -> "no handshake";
      case HttpsLook.Spoke spoke ->
          switch (spoke.verified(ANCHORS, Instant.now())) {
            case HttpsLook.Verified.Untrusted _ -> "untrusted";
            case HttpsLook.Verified.Trusted(HttpsLook.Said.Garbled _) -> "garbled";
            case HttpsLook.Verified.Trusted(HttpsLook.Said.Reply reply) ->
                (reply.status() + " " + (reply.isTooLong() ? "too long" : reply.body())).strip();
          };
    };
  }

  @Test
  void asksForTheDocumentByTheHostsName() {
    server.serves("x");

    get();

    assertThat(server.requests())
        .containsExactly(
            """
            GET /.well-known/mta-sts.txt HTTP/1.1
            Host: mta-sts.contoso.test:%d
            User-Agent: maildrift
            Accept: text/plain, */*;q=0.5
            Accept-Encoding: identity
            Connection: close
            """
                .formatted(server.port()));
  }

  @Test
  void readsSixtyFourKibibytesAndNotOneOctetMore() {
    var full = "x".repeat(Response.MAX_BODY);

    for (var response : List.of(FakeHttps.ok(full), "HTTP/1.1 200 OK\r\n\r\n" + full)) {
      server.says(response);
      assertThat(read(get())).isEqualTo("200 " + full);
    }
    for (var response : List.of(FakeHttps.ok(full + "x"), "HTTP/1.1 200 OK\r\n\r\n" + full + "x")) {
      server.says(response);
      assertThat(read(get())).isEqualTo("200 too long");
    }
    server.says(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10000\r\n"
            + full
            + "\r\n1\r\nx\r\n0\r\n\r\n");
    assertThat(read(get())).isEqualTo("200 too long");
  }

  @Test
  void aHeadWithoutEndIsGarbled() {
    server.plays(
        out -> {
          out.write("HTTP/1.1 200 OK\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
          for (var i = 0; i < 100_000; i++) {
            out.write("X: y\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
          }
        });
    assertThat(read(get())).isEqualTo("garbled");

    server.says("HTTP/1.1 200 OK\r\nX: " + "y".repeat(100_000));
    assertThat(read(get())).isEqualTo("garbled");
  }

  @Test
  void silenceAndDripsEndInTime() {
    var patient = settings.timeout(Duration.ofMillis(700));
    for (var beginning :
        List.of("", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n")) {
      server.drips(beginning, 20);
      var begun = System.nanoTime();

      assertThat(read(get(new HttpsDoor(patient)))).isIn("unobservable");
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(4));
    }
  }

  @Test
  void onlyItsNameInASubjectAlternativeNameMakesItTrusted() {
    server.serves("x");
    for (var wrong :
        List.of(
            CA.leaf("www.contoso.test"),
            CA.leaf(TestCa.wish(HOST.toString()).dnsNames()),
            CA.leaf(TestCa.wish(HOST.toString()).dnsNames("*.mta-sts.contoso.test")),
            CA.leaf(
                TestCa.wish(HOST.toString())
                    .valid(Instant.now().minus(Duration.ofDays(9)), Duration.ofDays(8))),
            TestCa.root("Stranger").leaf(HOST.toString()))) {
      server.presents(wrong);
      assertThat(read(get())).isEqualTo("untrusted");
    }
    server.presents(CA.leaf(TestCa.wish("x.test").dnsNames("*.contoso.test")));
    assertThat(read(get())).isEqualTo("200 x");
  }

  @Test
  void aPrivateAddressIsNotContactedUnlessAllowed() {
    assertThat(get(new HttpsDoor(settings.allowPrivate(false))))
        .isEqualTo(
            new HttpsLook.Refused(
                "127.0.0.1 is no public address; set https.allow_private to look at it"));
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void aClosedPortIsUnobservableAndTheNextAddressIsTried() throws IOException {
    int free;
    try (var socket = new ServerSocket(0, 1, LOOPBACK)) {
      free = socket.getLocalPort();
    }
    assertThat(get(new HttpsDoor(settings.port(free)))).isInstanceOf(HttpsLook.Unobservable.class);

    server.serves("x");
    var target =
        new Https.Target(HOST, List.of(InetAddress.ofLiteral("127.0.0.2"), LOOPBACK), "/x", "");
    assertThat(read(new HttpsDoor(settings).get(target, Deadline.after(Duration.ofSeconds(5)))))
        .isEqualTo("200 x");
  }

  @Test
  void whatIsAnnouncedAsTheSameIsReadOnceAndAgainToConfirm() {
    server.serves("x");
    var shared = new SharedHttps(new HttpsDoor(settings));
    var target = new Https.Target(HOST, List.of(LOOPBACK), "/x", "1");
    var deadline = Deadline.after(Duration.ofSeconds(20));

    shared.within(deadline).get(target);
    shared.within(deadline).get(target);
    assertThat(server.requests()).hasSize(1);

    shared.fresh(deadline).get(target);
    assertThat(server.requests()).hasSize(2);

    shared.within(deadline).get(new Https.Target(HOST, List.of(LOOPBACK), "/x", "2"));
    assertThat(server.requests()).hasSize(3);

    server.says("HTTP/1.1 404 No\r\n\r\n");
    shared.fresh(deadline).get(target);
    shared.within(deadline).get(target);
    assertThat(server.requests()).hasSize(5);
  }

  @Test
  void noiseIsNeverMoreThanGarbled() {
    var random = new Random(9112);
    for (var round = 0; round < 2_000; round++) {
      var text =
          new StringBuilder(
              "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
      for (var change = random.nextInt(6); change >= 0; change--) {
        text.setCharAt(random.nextInt(text.length()), (char) random.nextInt(256));
      }
      var octets = text.toString().getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
      try {
        assertThat(Response.read(new java.io.ByteArrayInputStream(octets)).status())
            .isBetween(200, 599);
      } catch (IOException e) {
        assertThat(e).isNotNull();
      }
    }
  }

  private HttpsLook get() {
    return get(new HttpsDoor(settings));
  }

  private static HttpsLook get(HttpsDoor door) {
    return door.get(
        new Https.Target(HOST, List.of(LOOPBACK), "/.well-known/mta-sts.txt", ""),
        Deadline.after(Duration.ofSeconds(20)));
  }
}

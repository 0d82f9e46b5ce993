package maildrift.alerts.notify.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocketFactory;
import maildrift.alerts.notify.http.LoopbackHttp.Answer;
import maildrift.alerts.outbox.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GuardedHttpTest {
  private static final Duration PATIENCE = Duration.ofMillis(700);
  private static final GuardedHttp HTTP = GuardedHttp.standard();

  @Test
  void aPostArrivesAsItIsAndTheAnswerComesBack() throws IOException {
    try (var server = new LoopbackHttp(_ -> Answer.ok("grüezi"))) {
      var reply =
          HTTP.send(
              Request.post(
                  server.uri("/hook?a=b"),
                  Map.of("Content-Type", "application/json"),
                  "{\"ü\":1}",
                  false,
                  PATIENCE));

      assertThat(reply)
          .isEqualTo(new Reply.Answered(200, Map.of("content-length", "7"), "grüezi", true));
      assertThat(server.got())
          .singleElement()
          .satisfies(
              got -> {
                assertThat(got.method()).isEqualTo("POST");
                assertThat(got.target()).isEqualTo("/hook?a=b");
                assertThat(got.body()).isEqualTo("{\"ü\":1}");
                assertThat(got.header("Host")).isEqualTo("127.0.0.1:" + server.port());
                assertThat(got.header("Content-Type")).isEqualTo("application/json");
              });
    }
  }

  @Test
  void chunksAreJoined() throws IOException {
    var chunked =
        new Answer.Raw(
            String.join(
                "\r\n",
                "HTTP/1.1 100 Continue",
                "",
                "HTTP/1.1 200 OK",
                "Transfer-Encoding: chunked",
                "",
                "4;x=y",
                "ab\r\n",
                "2",
                "cd",
                "0",
                "",
                ""));
    try (var server = new LoopbackHttp(_ -> chunked)) {
      assertThat(get(server)).isEqualTo(answered("ab\r\ncd", true, "transfer-encoding", "chunked"));
    }
  }

  @Test
  void aBodyWithoutLengthEndsWithTheConnection() throws IOException {
    try (var server = new LoopbackHttp(_ -> new Answer.Raw("HTTP/1.0 200 OK\r\n\r\nall"))) {
      assertThat(get(server)).isEqualTo(new Reply.Answered(200, Map.of(), "all", true));
    }
  }

  @Test
  void anEndlessBodyIsReadAsFarAsItIsWanted() throws IOException {
    try (var server = new LoopbackHttp(_ -> new Answer.Endless())) {
      assertThat(get(server))
          .isInstanceOfSatisfying(
              Reply.Answered.class,
              answer -> {
                assertThat(answer.body()).hasSize(Request.MOST_BYTES);
                assertThat(answer.complete()).isFalse();
                assertThat(answer.isSuccess()).isTrue();
              });
    }
  }

  @Test
  void aBodyOfExactlyTheLimitIsComplete() throws IOException {
    try (var server = new LoopbackHttp(_ -> Answer.ok("x".repeat(Request.MOST_BYTES)))) {
      assertThat(get(server))
          .isInstanceOfSatisfying(
              Reply.Answered.class, answer -> assertThat(answer.complete()).isTrue());
    }
  }

  @Test
  void aBodyThatStopsInTheMiddleKeepsItsStatus() throws IOException {
    try (var server = new LoopbackHttp(_ -> new Answer.HangInBody())) {
      assertThat(get(server)).isEqualTo(answered("abc", false, "content-length", "10"));
    }
  }

  @Test
  void aServerThatHangsOrDripsIsLeftAtTheDeadline() throws IOException {
    for (var answer : List.of(new Answer.Hang(), new Answer.Drip())) {
      try (var server = new LoopbackHttp(_ -> answer)) {
        var started = System.nanoTime();

        assertThat(get(server))
            .isEqualTo(new Reply.Unanswered(Failure.TIMEOUT, "no answer within 700 ms"));
        assertThat(Duration.ofNanos(System.nanoTime() - started))
            .isLessThan(PATIENCE.multipliedBy(4));
      }
    }
  }

  @Test
  void aServerThatReadsNothingIsLeftAtTheDeadline() throws IOException {
    try (var deaf = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      var reply =
          HTTP.send(
              Request.post(
                  URI.create("http://127.0.0.1:" + deaf.getLocalPort() + "/"),
                  Map.of(),
                  "x".repeat(20_000_000),
                  false,
                  PATIENCE));

      assertThat(reply)
          .isInstanceOfSatisfying(
              Reply.Unanswered.class,
              failed -> assertThat(failed.failure()).isEqualTo(Failure.TIMEOUT));
    }
  }

  @Test
  void aResetAndARefusedConnectionAreConnectionFailures() throws IOException {
    URI closed;
    try (var server = new LoopbackHttp(_ -> new Answer.Reset())) {
      closed = server.uri("/");
      assertThat(failure(get(server))).isEqualTo(Failure.CONNECTION);
    }
    assertThat(failure(HTTP.send(Request.get(closed, false, PATIENCE, 10))))
        .isEqualTo(Failure.CONNECTION);
  }

  @Test
  void aRedirectIsAnAnswerAndIsNotFollowed() throws IOException {
    var target = new AtomicInteger();
    try (var inside =
            new LoopbackHttp(
                _ -> {
                  target.incrementAndGet();
                  return Answer.ok("secret");
                });
        var server =
            new LoopbackHttp(_ -> Answer.status(301, "Location: " + inside.uri("/meta")))) {
      assertThat(get(server))
          .isInstanceOfSatisfying(
              Reply.Answered.class, answer -> assertThat(answer.status()).isEqualTo(301));
      assertThat(target).hasValue(0);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SSH-2.0-OpenSSH\r\n",
        "HTTP/2 200\r\n\r\n",
        "HTTP/1.1 abc\r\n\r\n",
        "HTTP/1.1 200 OK\r\nnot a header\r\n\r\n",
        ""
      })
  void whatIsNoHttpIsAFailure(String response) throws IOException {
    try (var server = new LoopbackHttp(_ -> new Answer.Raw(response))) {
      assertThat(failure(get(server))).isEqualTo(Failure.CONNECTION);
    }
  }

  @Test
  void endlessHeadersAreCutOff() throws IOException {
    for (var head : List.of("a: b\r\n".repeat(200), "a: " + "b".repeat(10_000) + "\r\n")) {
      try (var server =
          new LoopbackHttp(_ -> new Answer.Raw("HTTP/1.1 200 OK\r\n" + head + "\r\n"))) {
        assertThat(failure(get(server))).isEqualTo(Failure.CONNECTION);
      }
    }
    try (var server =
        new LoopbackHttp(_ -> new Answer.Raw("HTTP/1.1 100 Continue\r\n\r\n".repeat(50)))) {
      assertThat(failure(get(server))).isEqualTo(Failure.CONNECTION);
    }
  }

  @Test
  void tlsWantsTheNameAndTheChain() throws Exception {
    var certificates = TestCertificates.of("hooks.example.test");
    HostResolver here = _ -> List.of(InetAddress.getLoopbackAddress());
    var socket =
        certificates
            .server()
            .getServerSocketFactory()
            .createServerSocket(0, 5, InetAddress.getLoopbackAddress());
    try (var server = new LoopbackHttp(socket, _ -> Answer.ok("in private"))) {
      var trusting = new GuardedHttp(here, certificates.client().getSocketFactory());
      var stranger = new GuardedHttp(here, (SSLSocketFactory) SSLSocketFactory.getDefault());

      assertThat(trusting.send(https("hooks.example.test", server)))
          .isInstanceOfSatisfying(
              Reply.Answered.class, answer -> assertThat(answer.body()).isEqualTo("in private"));
      assertThat(failure(trusting.send(https("other.example.test", server))))
          .isEqualTo(Failure.TLS);
      assertThat(failure(stranger.send(https("hooks.example.test", server))))
          .isEqualTo(Failure.TLS);
    }
  }

  @Test
  void aNameIsResolvedOnceAndTheAddressThatWasCheckedIsUsed() throws IOException {
    var asked = new AtomicInteger();
    try (var canary = new LoopbackHttp(_ -> Answer.ok("reached"))) {
      HostResolver rebinding =
          _ ->
              List.of(
                  InetAddress.getByName(asked.getAndIncrement() == 0 ? "192.0.2.1" : "127.0.0.1"));
      var http = new GuardedHttp(rebinding, (SSLSocketFactory) SSLSocketFactory.getDefault());

      http.send(
          Request.get(
              URI.create("http://rebind.test:" + canary.port() + "/"),
              false,
              Duration.ofMillis(200),
              10));

      assertThat(asked).hasValue(1);
      assertThat(canary.got()).isEmpty();
    }
  }

  @Test
  void aResolverThatHangsIsLeftAtTheDeadline() {
    var never = new CountDownLatch(1);
    HostResolver hanging =
        _ -> {
          try {
            never.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return List.of();
        };
    var http = new GuardedHttp(hanging, (SSLSocketFactory) SSLSocketFactory.getDefault());

    assertThat(
            failure(http.send(Request.get(URI.create("http://slow.test/"), false, PATIENCE, 10))))
        .isEqualTo(Failure.TIMEOUT);
    never.countDown();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ftp://a.test/",
        "http://user:pass@a.test/",
        "http:///path",
        "http://a.test/#x",
        "file:///etc/passwd",
        "http://a.test:0/"
      })
  void addressesThatWeDoNotSendToAreRefusedBeforehand(String uri) {
    assertThatThrownBy(() -> Request.get(URI.create(uri), false, PATIENCE, 10))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aHeaderCannotSmuggleALine() {
    assertThatThrownBy(
            () ->
                Request.post(
                    URI.create("http://a.test/"), Map.of("a", "b\r\nc: d"), "", false, PATIENCE))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Reply get(LoopbackHttp server) {
    return HTTP.send(Request.get(server.uri("/"), false, PATIENCE, Request.MOST_BYTES));
  }

  private static Reply answered(String body, boolean complete, String name, String value) {
    return new Reply.Answered(200, Map.of(name, value), body, complete);
  }

  private static Request https(String host, LoopbackHttp server) {
    return Request.get(
        URI.create("https://" + host + ":" + server.port() + "/"),
        true,
        Duration.ofSeconds(5),
        100);
  }

  private static Failure failure(Reply reply) {
    assertThat(reply).isInstanceOf(Reply.Unanswered.class);
    return ((Reply.Unanswered) reply).failure();
  }
}

package maildrift.monitor.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import maildrift.alerts.notify.http.LoopbackHttp;
import maildrift.alerts.notify.http.LoopbackHttp.Answer;
import maildrift.monitor.config.AllowlistConfig;
import maildrift.probes.domain.Allowlist;
import maildrift.probes.network.Cidr;
import org.junit.jupiter.api.Test;

class AllowlistFetchTest {
  private static final Duration DEADLINE = Duration.ofSeconds(10);

  @Test
  void aListIsItsLines() throws IOException {
    var list = fetched(Answer.ok("# ours\n192.0.2.0/24\n2001:db8::/32 OK\n"));

    assertThat(list.unreadable()).isEmpty();
    assertThat(list.entries())
        .containsExactly(Cidr.parse("192.0.2.0/24"), Cidr.parse("2001:db8::/32"));
  }

  @Test
  void anEmptyBodyIsNoList() throws IOException {
    assertThat(why(Answer.ok(""))).isEqualTo("the list of 127.0.0.1 is empty");
    assertThat(why(Answer.ok("# nothing yet\n\n"))).isEqualTo("the list of 127.0.0.1 is empty");
  }

  @Test
  void whatIsNoListIsUnreadable() throws IOException {
    assertThat(why(Answer.ok("<html>sign in</html>"))).contains("is not used: line 1");
    assertThat(why(Answer.status(404))).isEqualTo("127.0.0.1 answered 404");
    assertThat(why(Answer.status(302, "Location: /login"))).isEqualTo("127.0.0.1 answered 302");
    assertThat(why(new Answer.Raw("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n192.0.2.0/24\n")))
        .contains("broke off");
    assertThat(why(new Answer.Reset())).contains("could not be fetched");
  }

  @Test
  void onlyListsBehindUrlsAreFetched() throws IOException {
    try (var web = new LoopbackHttp(_ -> Answer.ok("192.0.2.0/24\n"))) {
      var written =
          new AllowlistConfig("written", Duration.ZERO, new AllowlistConfig.Written(List.of()));

      var lists = AllowlistFetch.all(List.of(written, config(web.uri("/a"))), DEADLINE);

      assertThat(lists).containsOnlyKeys("gateway");
      assertThat(web.got()).hasSize(1);
    }
  }

  private static String why(Answer answer) throws IOException {
    return fetched(answer).unreadable().orElseThrow();
  }

  private static Allowlist fetched(Answer answer) throws IOException {
    try (var web = new LoopbackHttp(_ -> answer)) {
      var config = config(web.uri("/list"));
      return AllowlistFetch.of(config, (AllowlistConfig.Fetched) config.source(), DEADLINE);
    }
  }

  private static AllowlistConfig config(URI url) {
    return new AllowlistConfig(
        "gateway",
        Duration.ofDays(30),
        new AllowlistConfig.Fetched(url, Duration.ofHours(1), true));
  }
}

package maildrift.monitor.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class SameQuestionTest {
  private static String of(String unseen, String why) {
    return SameQuestion.of("spf", unseen, why).orElse("");
  }

  @Test
  void aRecordIsAskedForWithDigOfTheServerThatWasSilent() {
    assertThat(of("_dmarc.contoso.test TXT", "no answer within 2000 ms from 127.0.0.1:5353"))
        .isEqualTo("dig @127.0.0.1 -p 5353 _dmarc.contoso.test TXT");
    assertThat(of("contoso.test MX", "SERVFAIL from [2001:db8::53]:53"))
        .isEqualTo("dig @2001:db8::53 contoso.test MX");
    assertThat(of("mx.contoso.test A and AAAA", "SERVFAIL")).isEqualTo("dig mx.contoso.test A");
    assertThat(SameQuestion.of("dnssec", "contoso.test DNSKEY", "SERVFAIL"))
        .contains("dig +dnssec contoso.test DNSKEY");
  }

  @Test
  void aMailServerIsConnectedToAsItsPortWantsIt() {
    assertThat(of("mx.contoso.test:25", "timed out"))
        .isEqualTo(
            "openssl s_client -starttls smtp -connect mx.contoso.test:25 -servername mx.contoso.test </dev/null");
    assertThat(of("[2001:db8::25]:465", "timed out"))
        .isEqualTo("openssl s_client -connect '[2001:db8::25]:465' </dev/null");
    assertThat(of("https://mta-sts.contoso.test/.well-known/mta-sts.txt", "timed out"))
        .isEqualTo("curl -sv https://mta-sts.contoso.test/.well-known/mta-sts.txt");
  }

  @Test
  void nothingGetsIntoAShellThatWasNotChecked() {
    assertThat(of("contoso.test;id TXT", "")).isEmpty();
    assertThat(of("-f/etc/passwd TXT", "")).isEmpty();
    assertThat(of("$(id):25", "")).isEmpty();
    assertThat(of("https://a.test/$(id)", "")).isEmpty();
    assertThat(of("contoso.test TXT", "from $(id):53")).isEqualTo("dig contoso.test TXT");
    assertThat(SameQuestion.of("smtp", "mx.test:25 $(id)", ""))
        .map(line -> line.contains("id)"))
        .isEqualTo(Optional.of(false));
  }
}

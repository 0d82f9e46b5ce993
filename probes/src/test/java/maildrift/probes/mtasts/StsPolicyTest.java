package maildrift.probes.mtasts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import maildrift.probes.dns.DnsName;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StsPolicyTest {

  // policy, with \ for a line end and ~ for a carriage return | fault; nothing where it is usable
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          version: STSv1\\mode: enforce\\mx: mx.a.test\\max_age: 604800\\              |
          version: STSv1~\\mode: enforce~\\mx: mx.a.test~\\max_age: 604800~\\          |
          version: STSv1\\mode: testing\\mx: mx.a.test\\max_age: 604800                |
          version:STSv1\\mode:enforce\\mx:*.a.test\\max_age:0                          |
          version:  STSv1  \\mode: enforce\\mx: mx.a.test\\max_age: 31557600           |
          mx: mx.a.test\\max_age: 1\\mode: enforce\\version: STSv1                     |
          version: STSv1\\mode: none\\max_age: 86400                                   |
          version: STSv1\\mode: enforce\\mx: xn--mx-fka.a.test\\max_age: 1             |
          version: STSv1\\mode: enforce\\mode: x\\mx: mx.a.test\\max_age: 1\\max_age: x |
          version: STSv1\\mode: enforce\\mx: mx.a.test\\max_age: 1\\x_y.z: some value   |
          version: STSv1\\mode: enforce\\mx: mx.a.test\\max_age: 1\\note: größer        |
          version: STSv2\\mode: enforce\\mx: mx.a.test\\max_age: 1                     | version must be STSv1, not "STSv2"
          version: stsv1\\mode: enforce\\mx: mx.a.test\\max_age: 1                     | version must be STSv1, not "stsv1"
          Version: STSv1\\mode: enforce\\mx: mx.a.test\\max_age: 1                     | version is missing
          mode: enforce\\mx: mx.a.test\\max_age: 1                                     | version is missing
          version: STSv1\\mx: mx.a.test\\max_age: 1                                    | mode is missing
          version: STSv1\\mode: Enforce\\mx: mx.a.test\\max_age: 1                     | mode must be enforce, testing or none, not "Enforce"
          version: STSv1\\mode: report\\mx: mx.a.test\\max_age: 1                      | mode must be enforce, testing or none, not "report"
          version: STSv1\\mode: enforce\\max_age: 1                                    | mx is missing
          version: STSv1\\mode: enforce\\mx: mx.a.test                                 | max_age is missing
          version: STSv1\\mode: enforce\\mx: mx.a.test\\max_age: 31557601              | max_age must be 0 to 31557600 seconds, not "31557601"
          version: STSv1\\mode: enforce\\mx: mx.a.test\\max_age: -1                    | max_age must be 0 to 31557600 seconds, not "-1"
          version: STSv1\\mode: enforce\\mx: mx.a.test\\max_age: 7d                    | max_age must be 0 to 31557600 seconds, not "7d"
          version: STSv1\\mode: enforce\\mx: mx.a.test\\max_age: 00000000001           | max_age must be 0 to 31557600 seconds, not "00000000001"
          version: STSv1\\mode: enforce\\mx: mx.a.test.\\max_age: 1                    | mx must be a host name or *. and one, not "mx.a.test."
          version: STSv1\\mode: enforce\\mx: .a.test\\max_age: 1                       | mx must be a host name or *. and one, not ".a.test"
          version: STSv1\\mode: enforce\\mx: *\\max_age: 1                             | mx must be a host name or *. and one, not "*"
          version: STSv1\\mode: enforce\\mx: mx*.a.test\\max_age: 1                    | mx must be a host name or *. and one, not "mx*.a.test"
          version: STSv1\\mode: enforce\\mx: *.*.a.test\\max_age: 1                    | mx must be a host name or *. and one, not "*.*.a.test"
          version: STSv1\\mode: enforce\\mx: mx.a.test, mx.b.test\\max_age: 1          | mx must be a host name or *. and one, not "mx.a.test, mx.b.test"
          version: STSv1\\mode: enforce\\mx: mx_1.a.test\\max_age: 1                   | mx must be a host name or *. and one, not "mx_1.a.test"
          version: STSv1\\mode: enforce\\mx: mäx.a.test\\max_age: 1                    | mx must be written in A-labels (xn--…), not mäx.a.test
          version: STSv1\\mode enforce\\mx: mx.a.test\\max_age: 1                      | not a field: "mode enforce"
          version: STSv1\\mode : enforce\\mx: mx.a.test\\max_age: 1                    | not a field: "mode : enforce"
          <html>\\</html>                                                              | not a field: "<html>"
          {"version": "STSv1"}                                                         | not a field: "{"version": "STSv1"}"
          """)
  void readsAPolicy(String written, @Nullable String fault) {
    var policy = parse(written.replace('~', '\r').replace('\\', '\n'));

    assertThat(policy.faults().stream().findFirst().orElse(null)).isEqualTo(fault);
    assertThat(policy.isUsable()).isEqualTo(fault == null);
    assertThat(policy.oddities()).isEmpty();
  }

  private static StsPolicy parse(String text) {
    return StsPolicy.parse(
        new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1));
  }

  @Test
  void emptyLinesAreOddAndNoMore() {
    for (var text :
        List.of(
            "version: STSv1\nmode: none\nmax_age: 1\n\n",
            "version: STSv1\r\n\r\nmode: none\r\nmax_age: 1\r\n")) {
      assertThat(parse(text).isUsable()).isTrue();
      assertThat(parse(text).oddities()).containsExactly("it has an empty line");
    }
  }

  @Test
  void whatIsNoTextIsRefused() {
    assertThat(StsPolicy.parse("version: STSv1\u00ff").faults()).containsExactly("it is not UTF-8");
    assertThat(parse("\ufeffversion: STSv1\nmode: none\nmax_age: 1").faults())
        .contains("it begins with a byte order mark");
    assertThat(parse("a:b\n".repeat(3_000)).faults())
        .containsExactly("it has more than 2000 lines");
    assertThat(parse("").faults()).contains("version is missing");
  }

  @Test
  void aWildcardStandsForOneLabel() {
    var policy = parse("version: STSv1\nmode: enforce\nmx: MX.A.test\nmx: *.b.test\nmax_age: 1");

    assertThat(policy.mx()).containsExactly("mx.a.test", "*.b.test");
    assertThat(policy.covers(DnsName.of("mx.a.test"))).isTrue();
    assertThat(policy.covers(DnsName.of("mx1.b.test"))).isTrue();
    assertThat(policy.covers(DnsName.of("b.test"))).isFalse();
    assertThat(policy.covers(DnsName.of("a.mx1.b.test"))).isFalse();
    assertThat(policy.covers(DnsName.of("x.mx.a.test"))).isFalse();
  }

  @Test
  void mutatedPoliciesNeverThrow() {
    var random = new Random(8461);
    for (var round = 0; round < 20_000; round++) {
      var text = new StringBuilder("version: STSv1\r\nmode: enforce\r\nmx: *.a.test\r\nmax_age: 1");
      for (var change = random.nextInt(6); change >= 0; change--) {
        text.setCharAt(random.nextInt(text.length()), (char) random.nextInt(256));
      }
      assertThatCode(() -> StsPolicy.parse(text.toString())).doesNotThrowAnyException();
    }
  }
}

package maildrift.probes.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import maildrift.probes.dns.DnsName;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

class PublicSuffixesTest {

  /** The public suffix list's own test cases (publicsuffix.org, dedicated to the public domain). */
  @SuppressWarnings("unchecked") // the file is a list of objects
  static Stream<Arguments> cases() throws Exception {
    try (InputStream file = PublicSuffixesTest.class.getResourceAsStream("psl-cases.json")) {
      var cases =
          (List<Map<String, @Nullable String>>)
              new Load(LoadSettings.builder().build())
                  .loadFromInputStream(Objects.requireNonNull(file));
      return cases.stream().map(one -> Arguments.of(one.get("domain"), one.get("registrable")));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void findsWhatCouldBeRegistered(@Nullable String domain, @Nullable String registrable) {
    var found =
        domain == null
            ? null
            : DnsName.parse(domain)
                .flatMap(PublicSuffixes::registrable)
                .map(DnsName::toString)
                .orElse(null);

    assertThat(found).isEqualTo(registrable == null ? null : DnsName.of(registrable).toString());
  }

  @Test
  void organisationalDomainsOfUsualNames() {
    assertThat(organizational("a.b.contoso.test")).isEqualTo("contoso.test");
    assertThat(organizational("mail.contoso.co.uk")).isEqualTo("contoso.co.uk");
    assertThat(organizational("co.uk")).isEqualTo("co.uk");
    assertThat(organizational("test")).isEqualTo("test");
  }

  @Test
  void namesThatAreNoHostNamesFollowTheDefaultRule() {
    var odd = DnsName.ofLabels(List.of("a b", "x\u0001y", "test"));

    assertThat(PublicSuffixes.organizational(odd).labels()).containsExactly("x\u0001y", "test");
    assertThat(organizational("_dmarc.contoso.test")).isEqualTo("contoso.test");
    assertThat(organizational("contoso.123")).isEqualTo("contoso.123");
  }

  private static String organizational(String name) {
    return PublicSuffixes.organizational(DnsName.of(name)).toString();
  }
}

package maildrift.probes.bimi;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Whatever stands at default._bimi, and whatever is served where it points. */
class BimiFuzzTest {

  @FuzzTest
  void aRecordNamesDocumentsOrHasAProblem(byte[] octets) {
    var record = BimiRecord.parse("v=BIMI1;" + new String(octets, StandardCharsets.ISO_8859_1));
    var names = record.logo().isPresent() || record.certificate().isPresent();

    assertThat(record.problem().isPresent()).isNotEqualTo(names || record.declined());
    assertThat(record.problem().orElse("fine"))
        .hasSizeLessThan(1_000)
        .doesNotContainPattern("\\p{Cntrl}");
    record.logo().ifPresent(url -> assertThat(url.path()).startsWith("/").isPrintable());
  }

  @FuzzTest
  void aLogoHasFewProblemsThatCanBeShown(byte[] octets) {
    assertThat(Svg.problems(octets))
        .hasSizeLessThan(9)
        .allSatisfy(
            problem ->
                assertThat(problem).hasSizeLessThan(500).doesNotContainPattern("\\p{Cntrl}"));
  }

  @FuzzTest
  void aCertificateIsReadOrIsNone(byte[] octets) {
    switch (MarkCertificate.read(new String(octets, StandardCharsets.ISO_8859_1))) {
      case MarkCertificate.Read.Bad(var why) -> assertThat(why).startsWith("it ");
      case MarkCertificate.Read.Good(var certificate) ->
          assertThat(certificate.problems(List.of("contoso.test"))).hasSizeLessThan(9);
    }
  }
}

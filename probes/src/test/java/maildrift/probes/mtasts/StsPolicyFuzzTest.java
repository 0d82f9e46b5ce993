package maildrift.probes.mtasts;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/** Whatever a web server serves as a policy. */
class StsPolicyFuzzTest {

  @FuzzTest
  void aPolicyIsUsableOrSaysWhatIsWrong(byte[] octets) {
    var policy = StsPolicy.parse(new String(octets, StandardCharsets.ISO_8859_1));

    if (policy.faults().isEmpty()) {
      assertThat(policy.mode()).isPresent();
      assertThat(policy.maxAge().orElse(-1)).isBetween(0L, 31_557_600L);
    }
    assertThat(policy.faults()).hasSizeLessThanOrEqualTo(20);
    assertThat(policy.mx()).allSatisfy(pattern -> assertThat(pattern).doesNotContainPattern("\\s"));
    assertThat(String.join("", policy.faults()) + String.join("", policy.oddities()))
        .hasSizeLessThan(10_000)
        .doesNotContainPattern("\\p{Cntrl}");
  }
}

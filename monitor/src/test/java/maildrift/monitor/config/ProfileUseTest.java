package maildrift.monitor.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import maildrift.probes.domain.Role;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ProfileUseTest {

  @Test
  void aProfileIsReadAsOnTheCommandLine() {
    assertThat(ProfileUse.parse("mimecast"))
        .isEqualTo(new ProfileUse("mimecast", Optional.empty(), Map.of()));
    assertThat(ProfileUse.parse("mimecast:region=de,role=inbound"))
        .isEqualTo(new ProfileUse("mimecast", Optional.of(Role.INBOUND), Map.of("region", "de")));
    assertThat(ProfileUse.parse("mimecast:region=de,role=inbound"))
        .hasToString("mimecast:region=de,role=inbound");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":region=de",
        "mimecast:",
        "mimecast:de",
        "mimecast:region=",
        "mimecast:=de",
        "mimecast:region=de,",
        "mimecast:region=de,region=us",
        "mimecast:role=inbuond"
      })
  void anythingElseIsRefused(String written) {
    assertThatThrownBy(() -> ProfileUse.parse(written))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anUnknownRoleIsSaidWithTheNearest() {
    assertThatThrownBy(() -> ProfileUse.parse("mimecast:role=inbuond"))
        .hasMessage("unknown role 'inbuond'; did you mean 'inbound'?");
  }
}

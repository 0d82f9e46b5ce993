package maildrift.monitor.lab;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

class ProgramsTest {
  @Test
  void whatIsMissingSkipsATestWithTheReasonAndFailsItInCi() {
    assertThatThrownBy(() -> Programs.condition(false, "not installed: nsd", false))
        .isInstanceOf(TestAbortedException.class)
        .hasMessageContaining("not installed: nsd");
    assertThatThrownBy(() -> Programs.condition(false, "not installed: nsd", true))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("not installed: nsd");
    assertThatCode(() -> Programs.condition(true, "", true)).doesNotThrowAnyException();
  }
}

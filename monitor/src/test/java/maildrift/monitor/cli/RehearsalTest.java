package maildrift.monitor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RehearsalTest {
  /** A command that fails at once needs few classes, and the cache would be worth little. */
  @Test
  void whatIsRehearsedAreCommandsThatLook() {
    try (var names = Rehearsal.names()) {
      var dns = names.hostAndPort().toString();
      assertThat(Rehearsal.commands(dns))
          .hasSizeGreaterThan(2)
          .allSatisfy(
              command -> assertThat(run(command)).isIn(Exit.OK, Exit.FINDINGS, Exit.UNOBSERVED));
    }
  }

  private static int run(List<String> command) {
    return Ran.command(command.toArray(String[]::new)).exit();
  }
}

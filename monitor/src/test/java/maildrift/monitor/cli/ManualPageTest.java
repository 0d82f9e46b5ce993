package maildrift.monitor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ManualPageTest {
  private static final Set<String> REQUESTS =
      Set.of(".TH", ".SH", ".SS", ".TP", ".B", ".BR", ".br");

  private final String page = ManualPage.of(new CommandLine(new Root()));

  @Test
  void everyCommandAndEveryOptionIsThere() {
    assertDescribed(new CommandLine(new Root()), "maildrift");
  }

  private void assertDescribed(CommandLine parent, String name) {
    parent
        .getSubcommands()
        .forEach(
            (word, command) -> {
              if (word.equals("help") || word.equals("man")) {
                assertThat(page).doesNotContain(".SS maildrift " + word + "\n");
                return;
              }
              var heading = ".SS " + name + " " + word + "\n";
              assertThat(page).contains(heading);
              var from = page.indexOf(heading) + heading.length();
              var end = page.indexOf("\n.S", from);
              var section = page.substring(from, end < 0 ? page.length() : end);
              command.getCommandSpec().options().stream()
                  .filter(option -> !option.hidden() && !option.longestName().equals("--help"))
                  .forEach(
                      option ->
                          assertThat(section)
                              .as(word + " " + option.longestName())
                              .contains(option.longestName().replace("-", "\\-")));
              assertDescribed(command, name + " " + word);
            });
  }

  @Test
  void nothingIsLeftToFillIn() {
    assertThat(page).doesNotContain("${");
  }

  @Test
  void onlyRequestsThatAreMeantBeginWithADot() {
    assertThat(page.lines().filter(line -> line.startsWith(".") || line.startsWith("'")))
        .isNotEmpty()
        .allSatisfy(line -> assertThat(REQUESTS).contains(line.split(" ", 2)[0]));
  }
}

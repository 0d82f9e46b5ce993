package maildrift.monitor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
  @TempDir Path folder;

  @Test
  void each_line_of_a_message_is_marked_and_no_line_is_added() {
    assertThat(Journal.marked(3, "it broke\n\tat here\n")).isEqualTo("<3>it broke\n<3>\tat here\n");
    assertThat(Journal.marked(6, "well")).isEqualTo("<6>well");
  }

  @Test
  void levels_are_the_journals_priorities() {
    assertThat(List.of(Level.ERROR, Level.WARN, Level.INFO, Level.DEBUG, Level.TRACE))
        .extracting(level -> Journal.priority(level.toInt()))
        .containsExactly(3, 4, 6, 7, 7);
  }

  @Test
  void a_descriptor_leads_to_the_journal_when_device_and_inode_are_those_it_named()
      throws Exception {
    var stream = Files.createFile(folder.resolve("stream"));
    var other = Files.createFile(folder.resolve("other"));

    var environment = Map.of("JOURNAL_STREAM", named(stream));
    assertThat(Journal.takes(stream, environment)).isTrue();
    assertThat(Journal.takes(other, environment)).isFalse();
    assertThat(Journal.takes(stream, Map.of())).isFalse();
    assertThat(Journal.takes(folder.resolve("absent"), environment)).isFalse();
  }

  @Test
  void a_daemon_whose_stderr_is_the_journal_marks_what_it_says_there() throws Exception {
    var stderr = Files.createFile(folder.resolve("stderr"));
    var config = Files.writeString(folder.resolve("maildrift.yml"), "domians: []\n");
    var builder =
        new ProcessBuilder(Child.line(List.of(), "run", "--config", config.toString()))
            .redirectError(ProcessBuilder.Redirect.appendTo(stderr.toFile()));
    builder.environment().put("JOURNAL_STREAM", named(stderr));

    assertThat(builder.start().waitFor()).isEqualTo(Exit.USAGE);

    assertThat(Files.readAllLines(stderr))
        .isNotEmpty()
        .allSatisfy(line -> assertThat(line).startsWith("<3>"))
        .anySatisfy(line -> assertThat(line).contains("domians"));
  }

  private static String named(Path file) throws java.io.IOException {
    return "%s:%s"
        .formatted(Files.getAttribute(file, "unix:dev"), Files.getAttribute(file, "unix:ino"));
  }
}

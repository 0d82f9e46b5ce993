package maildrift.alerts.notify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ReceiverCatalogTest {

  @Test
  void everyKindHasAKeyOfItsOwn() {
    assertThat(ReceiverCatalog.ALL).extracting(ReceiverKind::key).doesNotHaveDuplicates();
  }

  @Test
  void everyReceiversPackageIsInTheCatalogue() throws IOException {
    var notify = Path.of("src/main/java/maildrift/alerts/notify");
    try (var folders = Files.list(notify).filter(Files::isDirectory)) {
      assertThat(folders.map(folder -> folder.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(
              Stream.concat(
                      Stream.of("http"),
                      ReceiverCatalog.ALL.stream().map(ReceiverCatalogTest::folder))
                  .toList());
    }
  }

  /** The key of the operator's own requests is the name of our client's package. */
  private static String folder(ReceiverKind kind) {
    return kind.key().equals("http") ? "template" : kind.key();
  }
}

package maildrift.monitor.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigFilesTest {
  private static final Instant LONG_AGO = Instant.parse("2026-01-01T00:00:00Z");

  @TempDir private Path folder;
  private Sandbox sandbox;

  @BeforeEach
  void write() {
    sandbox =
        new Sandbox(folder)
            .file("secret", "first")
            .file("list.txt", "192.0.2.0/24\n")
            .file("d/a.yaml", "domains: [a.test]\n")
            .file(
                "maildrift.yml",
                """
                include: d/*.yaml
                allowlists: {a: {file: list.txt}}
                store: {password_file: secret}
                """);
  }

  private void age(String name) throws IOException {
    Files.setLastModifiedTime(sandbox.path(name), FileTime.from(LONG_AGO));
  }

  @Test
  void nothingHasChangedRightAfterLoading() {
    var files = sandbox.load().files();

    assertThat(files.changed()).isFalse();
    assertThat(files.hashes()).hasSize(4);
  }

  @Test
  void everyFileThatWasReadIsWatched() {
    for (var name : new String[] {"maildrift.yml", "d/a.yaml", "list.txt", "secret"}) {
      write();
      var files = sandbox.load().files();
      sandbox.file(name, "# changed\n");

      assertThat(files.changed()).as(name).isTrue();
    }
  }

  @Test
  void aWriteWithinTheSameTickOfTheSameSizeIsSeen() throws IOException {
    var before = Files.getLastModifiedTime(sandbox.path("secret"));
    var files = sandbox.load().files();
    Files.writeString(sandbox.path("secret"), "other");
    Files.setLastModifiedTime(sandbox.path("secret"), before);

    assertThat(files.changed()).isTrue();
  }

  @Test
  void aTouchIsNotAChange() throws IOException {
    age("maildrift.yml");
    var files = sandbox.load().files();
    Files.setLastModifiedTime(sandbox.path("maildrift.yml"), FileTime.from(Instant.now()));

    assertThat(files.changed()).isFalse();
  }

  @Test
  void aRenameIntoPlaceIsAChange() throws IOException {
    age("maildrift.yml");
    var files = sandbox.load().files();
    sandbox.file("new.yml", "schedule: {interval: 1m}\n");
    age("new.yml");
    Files.move(
        sandbox.path("new.yml"), sandbox.path("maildrift.yml"), StandardCopyOption.ATOMIC_MOVE);

    assertThat(files.changed()).isTrue();
  }

  @Test
  void aFileMoreOrLessThatThePatternMatchesIsAChange() throws IOException {
    var files = sandbox.load().files();
    sandbox.file("d/b.yaml", "domains: [b.test]\n");
    assertThat(files.changed()).isTrue();

    var both = sandbox.load().files();
    assertThat(both.changed()).isFalse();
    Files.delete(sandbox.path("d/b.yaml"));
    assertThat(both.changed()).isTrue();
  }

  @Test
  void theSwappedLinkOfAKubernetesConfigMapIsAChange() throws IOException {
    sandbox.file("map/..1/maildrift.yml", "schedule: {interval: 1m}\n");
    sandbox.file("map/..2/maildrift.yml", "schedule: {interval: 2m}\n");
    age("map/..1/maildrift.yml");
    age("map/..2/maildrift.yml");
    var data = sandbox.path("map/..data");
    Files.createSymbolicLink(data, Path.of("..1"));
    Files.createSymbolicLink(sandbox.path("map/maildrift.yml"), Path.of("..data/maildrift.yml"));
    var files = sandbox.loader().load(sandbox.path("map/maildrift.yml")).files();
    assertThat(files.changed()).isFalse();

    var next = sandbox.path("map/..tmp");
    Files.createSymbolicLink(next, Path.of("..2"));
    Files.move(next, data, StandardCopyOption.ATOMIC_MOVE);

    assertThat(files.changed()).isTrue();
  }

  @Test
  void aMissingFileThatAppearsIsAChangeAndOneThatVanishesToo() throws IOException {
    Files.delete(sandbox.path("secret"));
    var rejected = sandbox.load();
    assertThat(rejected).isInstanceOf(ConfigLoader.Rejected.class);
    assertThat(rejected.files().changed()).isFalse();

    sandbox.file("secret", "there");
    assertThat(rejected.files().changed()).isTrue();

    var loaded = sandbox.load().files();
    Files.delete(sandbox.path("maildrift.yml"));
    assertThat(loaded.changed()).isTrue();
  }
}

package maildrift.monitor.web;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import maildrift.monitor.json.CheckJson;
import maildrift.monitor.store.Backups.Backup;
import maildrift.monitor.web.WebServer.Answer;
import maildrift.monitor.web.WebServer.Request;
import tools.jackson.core.JsonGenerator;

/** Copies of the store, on the daemon's own disk. */
final class BackupApi {
  private static final int CREATED = 201;

  private final Backend backend;

  BackupApi(Backend backend) {
    this.backend = backend;
  }

  /** {@code GET /api/v1/backups}: the newest first. */
  Answer list(Request request) {
    return Answer.json(
        CheckJson.bytes(
            json -> {
              json.writeStartArray();
              backend.backups().made().forEach(backup -> write(json, backup));
              json.writeEndArray();
            }));
  }

  /** {@code POST /api/v1/backups}: makes one where the configuration says, and nowhere else. */
  Answer make(Request request) {
    var backups = backend.backups();
    if (backups.directory().isEmpty()) {
      throw Refusal.conflict(
          "this store has no files of its own; one on PostgreSQL is backed up with pg_dump --format=custom");
    }
    var made = backups.make();
    return Answer.json(CREATED, CheckJson.bytes(json -> write(json, made)));
  }

  private static void write(JsonGenerator json, Backup backup) {
    json.writeStartObject();
    json.writeStringProperty("directory", backup.directory().toString());
    json.writeStringProperty("madeAt", CheckJson.instant(backup.madeAt()));
    json.writeArrayPropertyStart("files");
    backup.files().forEach(file -> json.writeString(String.valueOf(file.getFileName())));
    json.writeEndArray();
    json.writeNumberProperty("octets", backup.files().stream().mapToLong(BackupApi::size).sum());
    json.writeEndObject();
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException _) {
      return 0;
    }
  }
}

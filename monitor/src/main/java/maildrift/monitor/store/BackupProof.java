package maildrift.monitor.store;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.zip.ZipException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A backup that does not open is none: each is unpacked beside itself, opened and read once before
 * it counts.
 */
final class BackupProof {
  private static final Logger LOG = LoggerFactory.getLogger(BackupProof.class);

  private BackupProof() {}

  /**
   * Whether every table of the database in the zip file can be read.
   *
   * @throws IOException when there is no room to unpack it
   */
  static boolean opens(Path zip) throws IOException {
    var folder = Files.createTempDirectory(zip.toAbsolutePath().getParent(), "proof-");
    try {
      var file = Stores.restore(zip, folder);
      read(file.toString().substring(0, file.toString().length() - ".mv.db".length()));
      return true;
    } catch (StoreUnusable unreadable) {
      if (unreadable.getCause() instanceof IOException failure
          && !(failure instanceof ZipException)
          && !(failure instanceof EOFException)) {
        // No room, no permission: that says nothing of the copy.
        throw failure;
      }
      LOG.warn("the backup {} does not open, and is made again: {}", zip, unreadable.getMessage());
      return false;
    } catch (SQLException damaged) {
      LOG.warn("the backup {} does not open, and is made again: {}", zip, damaged.getMessage());
      return false;
    } finally {
      try (var files = Files.walk(folder)) {
        for (var file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  private static void read(String database) throws SQLException {
    try (var connection =
            DriverManager.getConnection(
                "jdbc:h2:file:" + database + ";IFEXISTS=TRUE;ACCESS_MODE_DATA=r", "sa", "");
        var statement = connection.createStatement()) {
      var tables = new ArrayList<String>();
      try (var names =
          statement.executeQuery(
              "select table_name from information_schema.tables where table_schema = 'PUBLIC' and table_type = 'BASE TABLE'")) {
        while (names.next()) {
          tables.add(names.getString(1));
        }
      }
      for (var table : tables) {
        // Every column of every row, so that every page is met.
        try (var rows =
            statement.executeQuery("select * from \"" + table.replace("\"", "\"\"") + "\"")) {
          var columns = rows.getMetaData().getColumnCount();
          while (rows.next()) {
            for (var column = 1; column <= columns; column++) {
              rows.getObject(column);
            }
          }
        }
      }
      statement.execute("shutdown immediately");
    }
  }
}

package maildrift.monitor.store;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.sql.Connection;
import java.sql.SQLException;
import org.h2.api.ErrorCode;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.h2.mvstore.FileStore;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.h2.mvstore.RandomAccessStore;

/**
 * Returns when all that was committed to an H2 database before is on the disk and will be found
 * there.
 *
 * <p>{@code CHECKPOINT SYNC} does not promise that. When it meets H2's background writer, it
 * returns while the last chunk is on its way. And once a file has space to reuse, which is after
 * some 45 seconds, a chunk may go into a hole; H2 2.5.252 then writes a header that leads to the
 * chunk before, so that a process that is killed loses commits that were synced, up to the last
 * twenty, until some later chunk puts the header right. So here what is under way is waited for, it
 * is synced, and the header is written once more, when it leads to the last chunk. {@code
 * H2BarrierTest} shows what is lost otherwise.
 */
final class H2Barrier {
  private static final MethodHandle WRITE_HEADER = writeHeader();

  private H2Barrier() {}

  /** Private there; a version of H2 that has it no longer must be looked at before it is used. */
  private static MethodHandle writeHeader() {
    try {
      return MethodHandles.privateLookupIn(RandomAccessStore.class, MethodHandles.lookup())
          .findSpecial(
              RandomAccessStore.class,
              "writeStoreHeader",
              MethodType.methodType(void.class),
              RandomAccessStore.class);
    } catch (ReflectiveOperationException another) {
      throw new IllegalStateException(
          "this is not the H2 that maildrift was built with, and nothing could be stored for good",
          another);
    }
  }

  static void force(Connection connection) throws SQLException {
    try {
      var store = store(connection);
      store.commit();
      store.executeFilestoreOperation(() -> force(store.getFileStore()));
    } catch (MVStoreException failed) {
      throw new SQLException(
          String.valueOf(failed.getMessage()), "HY000", ErrorCode.IO_EXCEPTION_1, failed);
    }
  }

  private static MVStore store(Connection connection) throws SQLException {
    if (connection.unwrap(JdbcConnection.class).getSession() instanceof SessionLocal session) {
      return session.getDatabase().getStore().getMvStore();
    }
    throw new SQLException("not an embedded database");
  }

  /** The chunk first: a header on the disk must never lead to one that is not there. */
  private static void force(FileStore<?> file) {
    file.sync();
    if (file instanceof RandomAccessStore headed) {
      try {
        WRITE_HEADER.invoke(headed);
      } catch (RuntimeException | Error failed) {
        throw failed;
      } catch (Throwable impossible) {
        throw new IllegalStateException(impossible);
      }
      file.sync();
    }
  }
}

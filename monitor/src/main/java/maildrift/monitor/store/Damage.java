package maildrift.monitor.store;

import java.nio.BufferUnderflowException;
import java.sql.SQLException;
import java.util.Set;
import org.h2.api.ErrorCode;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVStoreException;

/** Which failures of H2 can only come from a file that is not as H2 wrote it. */
final class Damage {
  /**
   * No statement of ours converts, so a row that must be converted is not what was written; a
   * table, column or index that is missing was there when the schema was looked at; an index that
   * leads to no row, or lacks one, was true when it was written.
   */
  private static final Set<Integer> OF_STATEMENTS =
      Set.of(
          ErrorCode.FILE_CORRUPTED_1,
          ErrorCode.DATA_CONVERSION_ERROR_1,
          ErrorCode.TABLE_OR_VIEW_NOT_FOUND_1,
          ErrorCode.TABLE_OR_VIEW_NOT_FOUND_WITH_CANDIDATES_2,
          ErrorCode.TABLE_OR_VIEW_NOT_FOUND_DATABASE_EMPTY_1,
          ErrorCode.COLUMN_NOT_FOUND_1,
          ErrorCode.INDEX_NOT_FOUND_1,
          ErrorCode.SCHEMA_NOT_FOUND_1,
          ErrorCode.CONSTRAINT_NOT_FOUND_1,
          ErrorCode.ROW_NOT_FOUND_IN_PRIMARY_INDEX,
          ErrorCode.ROW_NOT_FOUND_WHEN_DELETING_1,
          ErrorCode.UNKNOWN_DATA_TYPE_1,
          ErrorCode.DESERIALIZATION_FAILED_1,
          ErrorCode.COMPRESSION_ERROR,
          ErrorCode.UNSUPPORTED_COMPRESSION_ALGORITHM_1);

  /** Of the file below the tables. What could be a bug or a full disk as well is not here. */
  private static final Set<Integer> OF_THE_FILE =
      Set.of(
          DataUtils.ERROR_FILE_CORRUPT,
          DataUtils.ERROR_CHUNK_NOT_FOUND,
          DataUtils.ERROR_BLOCK_NOT_FOUND,
          DataUtils.ERROR_SERIALIZATION,
          DataUtils.ERROR_UNKNOWN_DATA_TYPE,
          DataUtils.ERROR_TRANSACTION_CORRUPT);

  private Damage() {}

  static boolean isBehind(Throwable failure) {
    var general = false;
    for (var cause = failure; cause != null; cause = cause.getCause()) {
      switch (cause) {
        case SQLException sql -> {
          if (OF_STATEMENTS.contains(sql.getErrorCode())) {
            return true;
          }
          general |= sql.getErrorCode() == ErrorCode.GENERAL_ERROR_1;
        }
        case MVStoreException broken -> {
          if (OF_THE_FILE.contains(broken.getErrorCode())) {
            return true;
          }
        }
        // A page whose lengths are wrong, which H2 read as it stood.
        case BufferUnderflowException _,
            IndexOutOfBoundsException _,
            NegativeArraySizeException _ -> {
          if (general) {
            return true;
          }
        }
        default -> {}
      }
    }
    return false;
  }
}

package maildrift.monitor.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.BufferUnderflowException;
import java.sql.SQLException;
import org.h2.api.ErrorCode;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVStoreException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DamageTest {
  private static SQLException sql(int code) {
    return new SQLException("as H2 says it", "HY000", code);
  }

  private static SQLException general(Throwable cause) {
    return new SQLException("General error", "HY000", ErrorCode.GENERAL_ERROR_1, cause);
  }

  /** The codes in numbers: whoever reads a log has those. */
  @ParameterizedTest
  @ValueSource(ints = {90030, 90143, 90112, 42102, 42103, 42104, 42122, 42112, 22018, 50004, 90027})
  void whatOnlyAChangedFileBringsIsDamage(int code) {
    assertThat(Damage.isBehind(new StoreFailure("wrapped", sql(code)))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        ErrorCode.IO_EXCEPTION_1,
        ErrorCode.DATABASE_IS_CLOSED,
        ErrorCode.DUPLICATE_KEY_1,
        ErrorCode.LOCK_TIMEOUT_1,
        ErrorCode.OUT_OF_MEMORY,
        ErrorCode.GENERAL_ERROR_1,
        ErrorCode.DATABASE_ALREADY_OPEN_1,
        ErrorCode.VALUE_TOO_LONG_2
      })
  void whatADiskALockOrARowBringsIsNone(int code) {
    assertThat(Damage.isBehind(sql(code))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        DataUtils.ERROR_FILE_CORRUPT,
        DataUtils.ERROR_CHUNK_NOT_FOUND,
        DataUtils.ERROR_BLOCK_NOT_FOUND,
        DataUtils.ERROR_SERIALIZATION,
        DataUtils.ERROR_UNKNOWN_DATA_TYPE,
        DataUtils.ERROR_TRANSACTION_CORRUPT
      })
  void soIsWhatTheFileBelowLacks(int code) {
    assertThat(Damage.isBehind(general(new MVStoreException(code, "as H2 says it")))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        DataUtils.ERROR_WRITING_FAILED,
        DataUtils.ERROR_CLOSED,
        DataUtils.ERROR_INTERNAL,
        DataUtils.ERROR_TRANSACTION_LOCKED
      })
  void butNotWhatAFullDiskOrAClosedFileBrings(int code) {
    assertThat(Damage.isBehind(general(new MVStoreException(code, "as H2 says it")))).isFalse();
  }

  @Test
  void aPageWhoseLengthsAreWrongIsDamageOnlyWhereH2ReadIt() {
    assertThat(Damage.isBehind(general(new BufferUnderflowException()))).isTrue();
    assertThat(Damage.isBehind(general(new ArrayIndexOutOfBoundsException(7)))).isTrue();
    assertThat(Damage.isBehind(general(new IllegalStateException("ours")))).isFalse();
    assertThat(Damage.isBehind(new ArrayIndexOutOfBoundsException(7))).isFalse();
  }
}

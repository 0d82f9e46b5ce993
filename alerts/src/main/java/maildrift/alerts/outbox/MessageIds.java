package maildrift.alerts.outbox;

import java.security.SecureRandom;
import java.util.HexFormat;

/** Ids of notifications: {@code msg_} and 32 hex digits that nobody guesses. */
public final class MessageIds {
  private static final SecureRandom RANDOM = new SecureRandom();

  private MessageIds() {}

  public static String next() {
    var bytes = new byte[16];
    RANDOM.nextBytes(bytes);
    return "msg_" + HexFormat.of().formatHex(bytes);
  }
}

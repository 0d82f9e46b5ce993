package maildrift.alerts.notify;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Stands for a group at a receiver where its key is too long, or holds what must not be there. */
public final class GroupHash {
  private GroupHash() {}

  /** 64 hex digits; whoever needs fewer takes the first of them. */
  public static String of(String receiver, String groupKey) {
    try {
      var hash =
          MessageDigest.getInstance("SHA-256")
              .digest((receiver + " " + groupKey).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}

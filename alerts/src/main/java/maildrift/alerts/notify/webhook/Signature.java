package maildrift.alerts.notify.webhook;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Standard Webhooks' symmetric signature, {@code v1}: HMAC-SHA256 of id, timestamp and body. */
final class Signature {
  private static final String PREFIX = "whsec_";

  private Signature() {}

  /**
   * The value of {@code webhook-signature}: one signature a secret, so that a receiver may know the
   * old or the new one.
   *
   * @param secrets {@code whsec_} and base64, or any other text as it is
   * @throws IllegalArgumentException when what follows {@code whsec_} is not base64
   */
  static String of(String id, Instant timestamp, String body, List<String> secrets) {
    var signed = id + "." + timestamp.getEpochSecond() + "." + body;
    return secrets.stream()
        .map(secret -> "v1," + sign(signed, key(secret)))
        .collect(Collectors.joining(" "));
  }

  private static byte[] key(String secret) {
    try {
      return secret.startsWith(PREFIX)
          ? Base64.getDecoder().decode(secret.substring(PREFIX.length()))
          : secret.getBytes(StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("the secret after whsec_ is not base64", e);
    }
  }

  private static String sign(String signed, byte[] key) {
    if (key.length == 0) {
      throw new IllegalArgumentException("the secret after whsec_ is empty");
    }
    try {
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return Base64.getEncoder()
          .encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}

package maildrift.alerts.notify.webhook;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Standard Webhooks' signatures of id, timestamp and body: {@code v1}, HMAC-SHA256 with a shared
 * secret, and {@code v1a}, Ed25519 with a private key.
 */
final class Signature {
  private static final String SHARED = "whsec_";
  private static final String PRIVATE = "whsk_";
  private static final int SEED = 32;

  private Signature() {}

  /**
   * The value of {@code webhook-signature}: one signature a secret, so that a receiver may know the
   * old or the new one.
   *
   * @throws IllegalArgumentException when a secret is none
   */
  static String of(String id, Instant timestamp, String body, List<String> secrets) {
    var signed =
        (id + "." + timestamp.getEpochSecond() + "." + body).getBytes(StandardCharsets.UTF_8);
    return secrets.stream()
        .map(Key::of)
        .map(key -> key.sign(signed))
        .collect(Collectors.joining(" "));
  }

  /**
   * Whether one can sign with each line of it.
   *
   * @throws IllegalArgumentException that says what a secret looks like, and not this one
   */
  static void check(String lines) {
    lines.lines().map(String::strip).filter(line -> !line.isEmpty()).forEach(Key::of);
  }

  private sealed interface Key {
    String sign(byte[] signed);

    /** {@code whsec_} and base64, {@code whsk_} and base64, or any other text as it is. */
    static Key of(String secret) {
      if (secret.startsWith(PRIVATE)) {
        // Libraries write the seed alone, or the public key after it.
        var octets = base64(secret, PRIVATE, "32 or 64 bytes");
        if (octets.length != SEED && octets.length != 2 * SEED) {
          throw notBase64(PRIVATE, "32 or 64 bytes");
        }
        return new Own(Arrays.copyOf(octets, SEED));
      }
      if (secret.startsWith(SHARED)) {
        var octets = base64(secret, SHARED, "24 to 64 bytes");
        if (octets.length < 24 || octets.length > 64) {
          throw notBase64(SHARED, "24 to 64 bytes");
        }
        return new Common(octets);
      }
      if (secret.isEmpty()) {
        throw new IllegalArgumentException("a secret must not be empty");
      }
      return new Common(secret.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static byte[] base64(String secret, String prefix, String length) {
    try {
      return Base64.getDecoder().decode(secret.substring(prefix.length()));
    } catch (IllegalArgumentException _) {
      // The cause would print a part of the secret.
      throw notBase64(prefix, length);
    }
  }

  private static IllegalArgumentException notBase64(String prefix, String length) {
    return new IllegalArgumentException(
        "after %s a secret is the base64 of %s".formatted(prefix, length));
  }

  private static final class Common implements Key {
    private final byte[] octets;

    Common(byte[] octets) {
      this.octets = octets;
    }

    @Override
    public String sign(byte[] signed) {
      try {
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(octets, "HmacSHA256"));
        return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(signed));
      } catch (GeneralSecurityException impossible) {
        throw new IllegalStateException(impossible);
      }
    }
  }

  private static final class Own implements Key {
    private final byte[] seed;

    Own(byte[] seed) {
      this.seed = seed;
    }

    @Override
    public String sign(byte[] signed) {
      try {
        var signature = java.security.Signature.getInstance("Ed25519");
        signature.initSign(
            KeyFactory.getInstance("Ed25519")
                .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed)));
        signature.update(signed);
        return "v1a," + Base64.getEncoder().encodeToString(signature.sign());
      } catch (GeneralSecurityException impossible) {
        throw new IllegalStateException(impossible);
      }
    }
  }
}

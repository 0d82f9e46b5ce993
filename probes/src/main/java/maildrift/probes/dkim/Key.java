package maildrift.probes.dkim;

import java.util.Optional;

/** What {@code p=} holds. */
public sealed interface Key {

  /** {@code p=} is empty: the key was withdrawn (RFC 6376 §3.6.1). */
  record Revoked() implements Key {}

  /** No key can be read from it; the record's problems say why. */
  record Unreadable() implements Key {}

  /** A key of a type that is neither {@code rsa} nor {@code ed25519}. */
  record Unknown() implements Key {}

  /** RFC 8463 §4: 32 octets as they are. */
  record Ed25519() implements Key {}

  record Rsa(int bits) implements Key {}

  /** Its size; nothing where no key was read. */
  default Optional<Integer> size() {
    return switch (this) {
      case Rsa(var bits) -> Optional.of(bits);
      case Ed25519 _ -> Optional.of(256);
      case Revoked _, Unreadable _, Unknown _ -> Optional.empty();
    };
  }
}

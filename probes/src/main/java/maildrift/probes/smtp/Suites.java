package maildrift.probes.smtp;

import com.google.common.collect.ImmutableMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Cipher suites of TLS 1.2 and older (IANA, "TLS Cipher Suites"), those that an old client would
 * offer. The strongest of each kind stand first, so that a server that follows its client shows the
 * best that it has.
 */
final class Suites {

  /** Not a suite: the client knows secure renegotiation (RFC 5746 §3.3). */
  static final int RENEGOTIATION_INFO = 0x00ff;

  /** What clients up to TLS 1.1 used, encrypted and authenticated. */
  private static final Map<Integer, String> OLD =
      ImmutableMap.<Integer, String>builder()
          .put(0xc00a, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA")
          .put(0xc014, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA")
          .put(0xc009, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA")
          .put(0xc013, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA")
          .put(0x0039, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA")
          .put(0x0038, "TLS_DHE_DSS_WITH_AES_256_CBC_SHA")
          .put(0x0088, "TLS_DHE_RSA_WITH_CAMELLIA_256_CBC_SHA")
          .put(0x0033, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA")
          .put(0x0032, "TLS_DHE_DSS_WITH_AES_128_CBC_SHA")
          .put(0x0045, "TLS_DHE_RSA_WITH_CAMELLIA_128_CBC_SHA")
          .put(0x0035, "TLS_RSA_WITH_AES_256_CBC_SHA")
          .put(0x0084, "TLS_RSA_WITH_CAMELLIA_256_CBC_SHA")
          .put(0x002f, "TLS_RSA_WITH_AES_128_CBC_SHA")
          .put(0x0041, "TLS_RSA_WITH_CAMELLIA_128_CBC_SHA")
          .put(0x0096, "TLS_RSA_WITH_SEED_CBC_SHA")
          .put(0x0007, "TLS_RSA_WITH_IDEA_CBC_SHA")
          .buildOrThrow();

  /** Encrypted and authenticated, with what is broken or too short (RFC 9325 §4.1). */
  private static final Map<Integer, String> BROKEN =
      ImmutableMap.<Integer, String>builder()
          .put(0xc008, "TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA")
          .put(0xc012, "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA")
          .put(0x0016, "TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA")
          .put(0x0013, "TLS_DHE_DSS_WITH_3DES_EDE_CBC_SHA")
          .put(0x000a, "TLS_RSA_WITH_3DES_EDE_CBC_SHA")
          .put(0xc007, "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA")
          .put(0xc011, "TLS_ECDHE_RSA_WITH_RC4_128_SHA")
          .put(0x0005, "TLS_RSA_WITH_RC4_128_SHA")
          .put(0x0004, "TLS_RSA_WITH_RC4_128_MD5")
          .put(0x0015, "TLS_DHE_RSA_WITH_DES_CBC_SHA")
          .put(0x0012, "TLS_DHE_DSS_WITH_DES_CBC_SHA")
          .put(0x0009, "TLS_RSA_WITH_DES_CBC_SHA")
          .put(0x0014, "TLS_DHE_RSA_EXPORT_WITH_DES40_CBC_SHA")
          .put(0x0011, "TLS_DHE_DSS_EXPORT_WITH_DES40_CBC_SHA")
          .put(0x0008, "TLS_RSA_EXPORT_WITH_DES40_CBC_SHA")
          .put(0x0006, "TLS_RSA_EXPORT_WITH_RC2_CBC_40_MD5")
          .put(0x0003, "TLS_RSA_EXPORT_WITH_RC4_40_MD5")
          .put(0xc006, "TLS_ECDHE_ECDSA_WITH_NULL_SHA")
          .put(0xc010, "TLS_ECDHE_RSA_WITH_NULL_SHA")
          .put(0x003b, "TLS_RSA_WITH_NULL_SHA256")
          .put(0x0002, "TLS_RSA_WITH_NULL_SHA")
          .put(0x0001, "TLS_RSA_WITH_NULL_MD5")
          .buildOrThrow();

  /** Whoever is in between can take the server's place. */
  private static final Map<Integer, String> ANONYMOUS =
      ImmutableMap.<Integer, String>builder()
          .put(0x00a7, "TLS_DH_anon_WITH_AES_256_GCM_SHA384")
          .put(0x00a6, "TLS_DH_anon_WITH_AES_128_GCM_SHA256")
          .put(0x006d, "TLS_DH_anon_WITH_AES_256_CBC_SHA256")
          .put(0x006c, "TLS_DH_anon_WITH_AES_128_CBC_SHA256")
          .put(0xc019, "TLS_ECDH_anon_WITH_AES_256_CBC_SHA")
          .put(0x003a, "TLS_DH_anon_WITH_AES_256_CBC_SHA")
          .put(0xc018, "TLS_ECDH_anon_WITH_AES_128_CBC_SHA")
          .put(0x0034, "TLS_DH_anon_WITH_AES_128_CBC_SHA")
          .put(0x0089, "TLS_DH_anon_WITH_CAMELLIA_256_CBC_SHA")
          .put(0x0046, "TLS_DH_anon_WITH_CAMELLIA_128_CBC_SHA")
          .put(0xc017, "TLS_ECDH_anon_WITH_3DES_EDE_CBC_SHA")
          .put(0x001b, "TLS_DH_anon_WITH_3DES_EDE_CBC_SHA")
          .put(0xc016, "TLS_ECDH_anon_WITH_RC4_128_SHA")
          .put(0x0018, "TLS_DH_anon_WITH_RC4_128_MD5")
          .put(0x001a, "TLS_DH_anon_WITH_DES_CBC_SHA")
          .put(0x0019, "TLS_DH_anon_EXPORT_WITH_DES40_CBC_SHA")
          .put(0x0017, "TLS_DH_anon_EXPORT_WITH_RC4_40_MD5")
          .put(0xc015, "TLS_ECDH_anon_WITH_NULL_SHA")
          .buildOrThrow();

  private static final Map<Integer, String> NAMES =
      ImmutableMap.<Integer, String>builder()
          .putAll(OLD)
          .putAll(BROKEN)
          .putAll(ANONYMOUS)
          .buildOrThrow();

  /** Everything: the version alone decides. */
  static final List<Integer> ALL = List.copyOf(NAMES.keySet());

  /** The forbidden ones; the anonymous last, since many mail servers mean to take them. */
  static final List<Integer> WEAK =
      List.copyOf(
          ImmutableMap.<Integer, String>builder()
              .putAll(BROKEN)
              .putAll(ANONYMOUS)
              .buildOrThrow()
              .keySet());

  private Suites() {}

  static Optional<String> name(int suite) {
    return Optional.ofNullable(NAMES.get(suite));
  }
}

package maildrift.monitor.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The web configuration file of Prometheus' exporter-toolkit: TLS and users.
 *
 * @param file where it was read from
 * @param users name → bcrypt hash
 * @param http2 offered over TLS
 * @param headers added to every response
 */
public record WebConfig(
    Path file,
    Optional<Tls> tls,
    Map<String, Secret> users,
    boolean http2,
    Map<String, String> headers) {

  public WebConfig {
    users = Map.copyOf(users);
    headers = Map.copyOf(headers);
  }

  /**
   * {@code tls_server_config}. The certificate and key files may be replaced at any time.
   *
   * @param clientCaFile who signs client certificates
   * @param clientAllowedSans a client certificate must carry one of them; empty: any
   * @param minVersion in Java's words, {@code TLSv1.2} or {@code TLSv1.3}
   * @param maxVersion likewise
   * @param cipherSuites IANA names; empty: the platform's
   */
  public record Tls(
      Path certificateFile,
      Path keyFile,
      ClientAuth clientAuth,
      Optional<Path> clientCaFile,
      List<String> clientAllowedSans,
      String minVersion,
      String maxVersion,
      List<String> cipherSuites) {
    public Tls {
      clientAllowedSans = List.copyOf(clientAllowedSans);
      cipherSuites = List.copyOf(cipherSuites);
    }
  }

  /** Go's words for what is asked of a client's certificate. */
  public enum ClientAuth {
    NO_CLIENT_CERT("NoClientCert"),
    REQUEST_CLIENT_CERT("RequestClientCert"),
    REQUIRE_ANY_CLIENT_CERT("RequireAnyClientCert"),
    VERIFY_CLIENT_CERT_IF_GIVEN("VerifyClientCertIfGiven"),
    REQUIRE_AND_VERIFY_CLIENT_CERT("RequireAndVerifyClientCert");

    private final String word;

    ClientAuth(String word) {
      this.word = word;
    }

    public String word() {
      return word;
    }
  }
}
